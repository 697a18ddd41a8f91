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
export function readTraces({ spans }: OtlpSink): Summary {
  const text = (span: ReceivedSpan, name: string) => String(span.attributes[name])
  const fills = spans.filter(span => span.name === 'order.fill')
  return sumByKey(
    spans.filter(span => span.name === 'order').map(span => [text(span, 'trading.order.status'), 1]),
    fills.map(() => 1),
    fills.map(span => [text(span, 'trading.instrument.symbol'), Number(text(span, 'trading.execution.quantity'))]),
  )
}
