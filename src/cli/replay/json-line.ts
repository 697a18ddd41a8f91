import type { Told } from './replayer.js'

/** A message as a line of JSON; what isn't known, or belongs to no order, is null. */
export function jsonLine({ line, order, anomalies }: Told): string {
  return `${JSON.stringify({
    line,
    order: order?.rootId ?? null,
    clientId: order?.clientId ?? null,
    status: order?.status ?? null,
    cumulativeQuantity: order?.cumulativeQuantity ?? null,
    leavesQuantity: order?.leavesQuantity ?? null,
    averagePrice: order?.averagePrice ?? null,
    anomalies,
  })}\n`
}
