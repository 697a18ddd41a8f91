import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Value {
  readonly stringValue?: string
}
interface Record_ {
  readonly eventName: string
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
    readonly resource: { readonly attributes: Record_['attributes'] }
    readonly scopeLogs: readonly { readonly logRecords?: readonly Record_[] }[]
  }[]
}

function readBatch({ resourceLogs }: Batch): OrderEvent[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const service = strings(resource.attributes)['service.name'] ?? ''
    return scopeLogs.flatMap(({ logRecords = [] }) =>
      logRecords.map(({ eventName, traceId, attributes }) => {
        const own = strings(attributes)
        return { name: eventName, traceId, rootId: own['trading.order.root_id'] ?? '', service, attributes: own }
      }),
    )
  })
}

function strings(attributes: Record_['attributes']): Record<string, string | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))
}
