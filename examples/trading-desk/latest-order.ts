import type { ReceivedSpan } from 'orderscope/testing'
import type { WaterfallSpan } from './waterfall.js'

/** How many of the newest spans are searched for a whole order. */
const LOOK_BACK = 5000

/** The order that was done last, with everything of its trace; `undefined` while there is none. */
export function latestOrder(
  spans: readonly ReceivedSpan[],
): { traceId: string; spans: readonly WaterfallSpan[] } | undefined {
  const recent = spans.slice(-LOOK_BACK)
  const order = recent.findLast(span => span.name === 'order' && span.attributes['trading.order.status'] === 'filled')
  if (!order) return undefined
  const { traceId } = order
  const own = recent.filter(span => span.traceId === traceId && isStage(span.name))
  return { traceId, spans: own.map(toWaterfallSpan) }
}

/** The HTTP calls between the services are in the trace too, but not on this picture. */
function isStage(name: string): boolean {
  return name === 'tick' || name === 'signal' || name === 'order' || name.startsWith('order.')
}

function toWaterfallSpan(span: ReceivedSpan): WaterfallSpan {
  return {
    name: span.name,
    service: String(span.resource['service.name']),
    start: Number(span.startTimeUnixNano) / 1e6,
    end: Number(span.endTimeUnixNano) / 1e6,
    attributes: span.attributes as WaterfallSpan['attributes'],
  }
}
