import type { ReceivedLog, ReceivedMetric, ReceivedPoint, ReceivedSpan } from '../../src/testing/received.js'
import { T0 } from './programs.js'
import type { Telemetry } from './ways.js'

/** What ends later was open until its program ended, which no event tells the time of. */
const CLOSED = BigInt(T0 + 30_000) * 1_000_000n

/** What every way has to leave alike. Ids are drawn by lot, so spans are told by their places. */
export function comparable({ metrics, spans: inOrder, logs }: Telemetry, exemplars: boolean) {
  // lanes have no order between them; what ended at the same time is told apart by what it says
  const spans = [...inOrder].sort((a, b) => Number(endOf(a) - endOf(b)) || byText(own(a), own(b)))
  const places = new Map(spans.map((span, index) => [span.spanId, `${span.name} #${index}`]))
  const traces = [...new Set(spans.map(({ traceId }) => traceId))]
  return {
    metrics: metrics
      .map(metric => comparableMetric(metric, exemplars ? places : undefined))
      .filter(hasPoints)
      .sort(byText),
    spans: spans.map(span => comparableSpan(span, places, traces)),
    logs: logs.map(log => comparableLog(log, places, traces)),
  }
}

function comparableSpan(span: ReceivedSpan, places: ReadonlyMap<string, string>, traces: readonly string[]) {
  const { traceId, spanId: _, parentSpanId, durationMs: __, links, ...same } = span
  return {
    ...same,
    endTimeUnixNano: span.endTimeUnixNano > CLOSED ? 'when the tracker was closed' : span.endTimeUnixNano,
    trace: traces.indexOf(traceId),
    // whoever isn't here is named as the program named him
    parent: places.get(parentSpanId) ?? parentSpanId,
    links: links.map(link => ({
      ...link,
      traceId: traces.indexOf(link.traceId),
      spanId: places.get(link.spanId) ?? link.spanId,
    })),
  }
}

function comparableLog(log: ReceivedLog, places: ReadonlyMap<string, string>, traces: readonly string[]) {
  return { ...log, traceId: traces.indexOf(log.traceId), spanId: places.get(log.spanId) ?? log.spanId }
}

function comparableMetric(metric: ReceivedMetric, places: ReadonlyMap<string, string> | undefined) {
  return {
    ...metric,
    points: metric.points
      // a handle that was bound and never used is a series at 0 of ours, and none of upstream's
      .filter(({ value, count }) => (value ?? count) !== 0)
      .map(point => comparablePoint(point, places))
      .sort(byText),
  }
}

function comparablePoint(point: ReceivedPoint, places: ReadonlyMap<string, string> | undefined) {
  const { startTimeUnixNano: _, timeUnixNano: __, exemplars, ...same } = point
  const attributes = Object.fromEntries(Object.entries(point.attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    ...same,
    attributes,
    ...(places && { exemplars: exemplars.map(({ value, spanId }) => ({ value, span: places.get(spanId) })) }),
  }
}

const endOf = ({ endTimeUnixNano }: ReceivedSpan) => (endTimeUnixNano > CLOSED ? CLOSED : endTimeUnixNano)
const own = ({ name, startTimeUnixNano, attributes }: ReceivedSpan) => [name, startTimeUnixNano, attributes]
const hasPoints = ({ points }: { readonly points: readonly unknown[] }) => points.length > 0
const text = (value: unknown) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))
const byText = (a: unknown, b: unknown) => (text(a) < text(b) ? -1 : 1)
