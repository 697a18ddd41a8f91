import { orderStages } from '../catalog/attributes.js'
import type { ControlBlock } from '../channel/control-block.js'
import type { Liveness } from './health-report.js'

const TICK_MS = 200
/** A tick of ours that comes later than this says that the process was suspended, or this thread starved. */
const LATE_MS = 1000

/** Settings of the watch over the application's loop. */
export interface LoopWatchOptions {
  /** The main thread's, once it is known. */
  readonly control: () => ControlBlock | undefined
  readonly hangAfterMs: number
  readonly onHang: (liveness: Liveness) => void
  readonly onRecovery: (hungForMs: number) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/**
 * Tells whether the application's loop turns: by its beats, by the monotonic clock, and only while this thread's
 * own timer fires on time, so that a suspended process or a sleeping laptop isn't called hung.
 */
export class LoopWatch {
  readonly #options: LoopWatchOptions
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #beats = 0
  #beatAt: number
  #tickAt: number
  #isHung = false

  constructor(options: LoopWatchOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#beatAt = this.#now()
    this.#tickAt = this.#beatAt
    this.#timer = setInterval(() => this.tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Looks at the beats; called by its own timer. */
  tick(): void {
    const now = this.#now()
    const late = now - this.#tickAt - TICK_MS
    this.#tickAt = now
    // time in which nothing ran isn't the loop's fault
    if (late > LATE_MS) this.#beatAt += late
    const beats = this.#options.control()?.beats ?? 0
    if (beats !== this.#beats) {
      const hungForMs = now - this.#beatAt
      this.#beats = beats
      this.#beatAt = now
      if (this.#isHung) this.#options.onRecovery(hungForMs)
      this.#isHung = false
      return
    }
    if (this.#isHung || this.#options.control() === undefined || now - this.#beatAt < this.#options.hangAfterMs) return
    this.#isHung = true
    this.#options.onHang(this.liveness)
  }

  /** The loop has beaten at least once. */
  get hasBeaten(): boolean {
    return (this.#options.control()?.beats ?? 0) > 0
  }

  get isHung(): boolean {
    return this.#isHung
  }

  /** Seconds since the loop was last seen to turn. */
  get ageSeconds(): number {
    return Math.max(0, this.#now() - this.#beatAt) / 1000
  }

  get #roundedAge(): number {
    return Math.round(this.ageSeconds * 10) / 10
  }

  get liveness(): Liveness {
    if (!this.#isHung) return this.hasBeaten ? { status: 'up' } : { status: 'starting', sinceSeconds: this.#roundedAge }
    const seen = this.#options.control()?.lastSeen
    const stage = seen === undefined ? undefined : orderStages[seen.stage]
    return {
      status: 'hung',
      sinceSeconds: this.#roundedAge,
      ...(stage === undefined ? {} : { stage: `order.${stage}` }),
      ...(stage === undefined || seen === undefined || seen.order === '' ? {} : { order: seen.order }),
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
