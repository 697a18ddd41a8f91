import { randomBytes } from 'node:crypto'

type Value = string | number | boolean | readonly string[]

/** A span to send, as far as a test cares. */
export interface SpanToSend {
  readonly traceId: string
  readonly name: string
  readonly parentSpanId?: string
  readonly durationMs?: number
  readonly error?: string
  readonly attributes?: Readonly<Record<string, Value>>
  readonly events?: readonly string[]
}

/** Random, as the SDK's are: a share is decided by them. */
export const newTraceId = () => randomBytes(16).toString('hex')
export const newSpanId = () => randomBytes(8).toString('hex')

/** A request of OTLP with these spans. */
export function traces(spans: readonly SpanToSend[], service = 'bot'): object {
  const end = BigInt(Date.now()) * 1_000_000n
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': service, 'service.instance.id': `${service}-1` }) },
        scopeSpans: [
          {
            scope: { name: 'orderscope' },
            spans: spans.map(span => ({
              traceId: span.traceId,
              spanId: newSpanId(),
              parentSpanId: span.parentSpanId ?? '',
              name: span.name,
              kind: 3,
              startTimeUnixNano: String(end - BigInt(Math.round((span.durationMs ?? 1) * 1e6))),
              endTimeUnixNano: String(end),
              attributes: attributes(span.attributes ?? {}),
              events: (span.events ?? []).map(name => ({ name, timeUnixNano: String(end), attributes: [] })),
              status: span.error === undefined ? {} : { code: 2, message: span.error },
            })),
          },
        ],
      },
    ],
  }
}

/** A request of OTLP with these log records. */
export function logs(
  records: readonly { readonly eventName: string; readonly body: string; readonly traceId?: string }[],
): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: attributes({ 'service.name': 'bot' }) },
        scopeLogs: [
          {
            scope: { name: 'orderscope' },
            logRecords: records.map(({ eventName, body, traceId }) => ({
              timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
              eventName,
              body: { stringValue: body },
              ...(traceId === undefined ? {} : { traceId, spanId: newSpanId() }),
            })),
          },
        ],
      },
    ],
  }
}

function attributes(values: Readonly<Record<string, Value>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return { doubleValue: value }
  return { arrayValue: { values: value.map(each => ({ stringValue: each })) } }
}
