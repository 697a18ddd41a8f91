import { ccxtCall, ccxtImport } from './works/ccxt.js'
import { eventCost } from './works/event-cost.js'
import { growthScrape, growthTracker, growthUpdate } from './works/growth.js'
import { counterAdd, histogramExemplar, histogramRecord, plainCounter, plainHistogram } from './works/instruments.js'
import { orderBytes, orderTrace, orderUnsampled } from './works/order-trace.js'
import { scrape, scrapeOneCore, seriesMemory } from './works/scrape.js'
import { spanBurst, spanBurstBeyond, spanBurstLarge, spanRate } from './works/spans.js'
import { startUp } from './works/start-up.js'
import { tradingLoop } from './works/trading-loop.js'

/** Everything that is measured, by name. */
export const works = {
  counterAdd,
  histogramRecord,
  histogramExemplar,
  plainCounter,
  plainHistogram,
  orderTrace,
  orderBytes,
  orderUnsampled,
  eventCost,
  scrape,
  scrapeOneCore,
  seriesMemory,
  spanBurst,
  spanBurstLarge,
  spanBurstBeyond,
  spanRate,
  tradingLoop,
  startUp,
  ccxtImport,
  ccxtCall,
  growthUpdate,
  growthScrape,
  growthTracker,
}

export type WorkName = keyof typeof works
