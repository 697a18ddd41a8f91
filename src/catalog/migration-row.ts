import type { MetricName } from './metrics.js'

/** What someone measures today, by hand, and where the same stands here. */
export interface MigrationRow {
  /** Names as hand-written set-ups have them; several where one counterpart serves them all. */
  readonly today: readonly string[]
  /** Their labels. */
  readonly labels: readonly string[]
  readonly read: readonly MetricName[]
  /** Metrics of upstream's auto-instrumentations that complete the answer. */
  readonly upstream?: readonly string[]
  /** PromQL that gives the same figure, each with what it answers. */
  readonly queries: Readonly<Record<string, string>>
  /** A mistake of today's habit and how it is mended. */
  readonly mended?: string
  /** What else is different. */
  readonly note?: string
}
