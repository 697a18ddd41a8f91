import type { Sampler, SpanProcessor } from '../spans/sdk-trace.js'
import type { Settings } from './settings.js'

/** What a user may bring for his spans. */
export interface SpanUsers {
  readonly sampler?: number | Sampler | undefined
  readonly spanProcessors?: readonly SpanProcessor[] | undefined
}

/** The most attributes that a span of an order has, with room to spare. */
const ENOUGH_ATTRIBUTES = 64

/** Whether only the ring is told of spans, and only the settings say which. */
export function areSpansOurs({ exporters }: Pick<Settings, 'exporters'>, users: SpanUsers): boolean {
  const others = users.spanProcessors?.length ?? 0
  return others === 0 && !exporters.traces.includes('console') && typeof users.sampler !== 'object'
}

/** Whether the spans of orders may go the short way: the same telemetry would come out. */
export function takesShortWay(settings: Pick<Settings, 'exporters' | 'spanLimits'>, users: SpanUsers): boolean {
  const { attributeCount, eventCount } = settings.spanLimits
  return areSpansOurs(settings, users) && Math.min(attributeCount, eventCount) >= ENOUGH_ATTRIBUTES
}
