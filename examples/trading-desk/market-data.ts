import { trace } from '@opentelemetry/api'
import ccxt, { type Trade } from 'ccxt'
import { inject } from 'orderscope'
import { WebSocket } from 'ws'
import { createExchange } from './exchange.js'
import { readOptions } from './options.js'
import { onEnd, tellListening } from './service.js'
import type { Tick } from './tick.js'

/** Watches the trades of every symbol at the venue and pushes them to signals. */
const values = readOptions('DESK', { venue: undefined, signals: undefined })
const tracer = trace.getTracer('desk')

const exchange = await createExchange(values.venue)
let signals: WebSocket
let isEnding = false

/** Signals may start later, or again. */
function connectSignals(): void {
  signals = new WebSocket(values.signals)
  signals.on('error', error => console.error(`signals: ${error.message}`))
  signals.on('close', () => {
    if (!isEnding) setTimeout(connectSignals, 250)
  })
}
connectSignals()

function push(trade: Trade): void {
  // An old tick is worth nothing: what can't be sent now isn't sent later.
  if (signals.readyState !== WebSocket.OPEN) return
  tracer.startActiveSpan('tick', span => {
    const tick: Tick = {
      symbol: trade.symbol!,
      price: trade.price!,
      quantity: trade.amount!,
      time: trade.timestamp!,
      // into the message, as HTTP headers carry it by themselves
      trace: inject(),
    }
    signals.send(JSON.stringify(tick))
    span.end()
  })
}

async function watch(): Promise<void> {
  await exchange.loadMarkets()
  tellListening(values.venue)
  for (;;) {
    try {
      for (const trade of await exchange.watchTradesForSymbols(exchange.symbols)) push(trade)
    } catch (error) {
      if (error instanceof ccxt.ExchangeClosedByUser) return
      console.error(`market data: ${(error as Error).message}; watching again`)
      await exchange.sleep(50)
    }
  }
}

onEnd(async () => {
  isEnding = true
  signals.close()
  await exchange.close()
})

await watch()
