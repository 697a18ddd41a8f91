/** What one run of one side of a work measured, by name: `ns`, `bytes`, `p99`, … */
export type Figures = Readonly<Record<string, number>>

/** How much is done: the whole, or as much as a check on every change can wait for. */
export interface Effort {
  readonly short: boolean
}

/** A work and who does it; each side loads what it needs by itself, and runs in a process of its own. */
export interface Work {
  /** Flags of Node for every side. */
  readonly nodeFlags?: readonly string[]
  /** Set for every side. */
  readonly environment?: Readonly<Record<string, string>>
  /** Pinned to one processor (Linux). */
  readonly oneCore?: boolean
  /** Runs of each side, in turn; the medians count. Default 3. */
  readonly rounds?: number
  readonly sides: Readonly<Record<string, (effort: Effort) => Promise<Figures>>>
}
