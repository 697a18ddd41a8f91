import type { DashboardDefinition } from './dashboard-definition.js'
import { latency } from './latency.js'
import { marketData } from './market-data.js'
import { orders } from './orders.js'
import { pipeline } from './pipeline.js'
import { venues } from './venues.js'

/**
 * Every dashboard, by the name of its file in deploy/grafana/dashboards. A domain's panels are rows of data: a file
 * like orders.ts, and a line here.
 */
export const dashboards: Readonly<Record<string, DashboardDefinition>> = {
  orders,
  latency,
  venues,
  'market-data': marketData,
  pipeline,
}
