import { createOtlpSink, type OtlpSink, type ReceivedSpan } from 'orderscope/testing'
import { type Summary, sumByKey } from './summary.js'

export interface TraceSinkOptions {
  /** A collector that is to get everything as well. */
  readonly forwardTo: string | undefined
  /** What that collector asks for. */
  readonly forwardHeaders?: Readonly<Record<string, string>>
  /** Loses that batch (from 1) of those with stages of orders in them: the three accounts then disagree. */
  readonly loseBatch: number | undefined
}

/** Spans kept: the finite desk's orders have some 20 each, the live one looks at the latest only. */
const KEPT = 200_000

/** Takes the spans that the services export by OTLP. */
export async function startTraceSink({
  forwardTo,
  forwardHeaders = {},
  loseBatch,
}: TraceSinkOptions): Promise<OtlpSink> {
  let batches = 0
  return createOtlpSink({
    keep: KEPT,
    ...(forwardTo === undefined ? {} : { forwardTo, forwardHeaders }),
    respond: (_, records) => {
      if (!records.some(record => 'name' in record && record.name.startsWith('order.'))) return undefined
      // an answer that isn't success and isn't to be tried again: the batch is gone
      return ++batches === loseBatch ? { status: 400 } : undefined
    },
  })
}

/** What the exported spans say; to be asked when the services have ended, for then everything has arrived. */
export function readTraces({ spans }: Pick<OtlpSink, 'spans'>): Summary {
  const executions = standingExecutions(spans)
  return sumByKey(
    spans.filter(span => span.name === 'order').map(span => [text(span.attributes, 'trading.order.status'), 1]),
    executions.map(({ count }) => count),
    executions.map(({ symbol, quantity }) => [symbol, quantity]),
  )
}

interface StandingExecution {
  readonly symbol: string
  quantity: number
  count: number
}

/** Of the executions of an order that have no id, as its changes name them. */
const INFERRED = 'inferred'

/**
 * The executions as corrections and busts left them. What was only concluded, from an order's answer after a lost
 * stream, is taken back piece by piece when the venue tells the executions themselves.
 */
function standingExecutions(spans: readonly ReceivedSpan[]): StandingExecution[] {
  const standing = new Map<string, StandingExecution>()
  for (const span of spans.filter(({ name }) => name === 'order.fill')) {
    const key = `${orderOf(span)} ${span.attributes['trading.execution.id'] ?? INFERRED}`
    const quantity = Number(text(span.attributes, 'trading.execution.quantity'))
    const known = standing.get(key)
    if (known === undefined) {
      standing.set(key, { symbol: text(span.attributes, 'trading.instrument.symbol'), quantity, count: 1 })
    } else {
      known.quantity += quantity
      known.count++
    }
  }
  for (const { order, isBust, attributes } of changes(spans)) {
    const key = `${order} ${text(attributes, 'trading.execution.ref_id')}`
    const changed = standing.get(key)
    if (isBust) standing.delete(key)
    else if (changed !== undefined) changed.quantity = Number(text(attributes, 'trading.execution.quantity'))
  }
  return [...standing.values()]
}

/** Corrections and busts, oldest first: events of an order's span, or spans of their own when that had ended. */
function changes(spans: readonly ReceivedSpan[]) {
  return spans
    .flatMap(span => {
      const { name, attributes, endTimeUnixNano: time } = span
      if (name === 'order.correction' || name === 'order.bust') {
        return [{ order: orderOf(span), time, isBust: name === 'order.bust', attributes }]
      }
      return span.events
        .filter(event => event.name === 'trading.execution.corrected' || event.name === 'trading.execution.busted')
        .map(event => ({
          order: span.spanId,
          time: event.timeUnixNano,
          isBust: event.name === 'trading.execution.busted',
          attributes: event.attributes,
        }))
    })
    .sort((a, b) => Number(a.time - b.time))
}

/** The order's span: what comes after its end is linked to it. */
function orderOf({ links, parentSpanId }: ReceivedSpan): string {
  return links[0]?.spanId ?? parentSpanId
}

function text(attributes: ReceivedSpan['attributes'], name: string): string {
  return String(attributes[name])
}
