import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Value {
  readonly stringValue?: string
}
interface LogRecord {
  readonly eventName: string
  readonly timeUnixNano: string
  readonly traceId: string
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
}

/** One event of an order, as it stands in the collector's files: never sampled. */
export interface OrderEvent {
  readonly name: string
  readonly traceId: string
  /** One for the whole life of the order. */
  readonly rootId: string
  readonly service: string
  /** In milliseconds since 1970. */
  readonly time: number
  readonly attributes: Readonly<Record<string, string | undefined>>
}

/** Reads what `file/orders` of otel-collector.yaml has written to its volume. */
export function readOrderEvents(volume: string): OrderEvent[] {
  const folder = join(volume, 'order-events')
  const files = existsSync(folder) ? readdirSync(folder) : []
  return files.flatMap(file => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    return lines.filter(line => line.endsWith('}')).flatMap(line => readBatch(JSON.parse(line)))
  })
}

interface Batch {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: LogRecord['attributes'] }
    readonly scopeLogs: readonly { readonly logRecords?: readonly LogRecord[] }[]
  }[]
}

function readBatch({ resourceLogs }: Batch): OrderEvent[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const service = strings(resource.attributes)['service.name'] ?? ''
    return scopeLogs.flatMap(({ logRecords = [] }) =>
      logRecords.map(({ eventName, timeUnixNano, traceId, attributes }) => {
        const own = strings(attributes)
        return {
          name: eventName,
          traceId,
          rootId: own['trading.order.root_id'] ?? '',
          service,
          time: Number(timeUnixNano) / 1e6,
          attributes: own,
        }
      }),
    )
  })
}

function strings(attributes: LogRecord['attributes']): Record<string, string | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))
}

/** The events of one service by which its orders end, one for each order. */
export function endsOf(service: string, events: readonly OrderEvent[]): OrderEvent[] {
  const ends = events.filter(
    ({ name, service: own }) => own === service && /^trading\.order\.(completed|rejected)$/.test(name),
  )
  return [...new Map(ends.map(event => [event.rootId, event])).values()]
}
