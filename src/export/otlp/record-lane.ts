import { type Frame, RingReader } from '../../channel/byte-ring.js'
import { frameKinds } from '../../channel/lanes.js'
import type { DeliveryCounts } from './delivery-counts.js'
import type { DeliveryResult, Destination } from './destination.js'
import { encodeRecords, type RecordOrigin } from './record-batch.js'

/** A batch is full at this many records or bytes. */
const BATCH_RECORDS = 2048
const BATCH_BYTES = 1 << 20
/** At the end of the process few and large requests are quicker: a collector takes 20 MiB by default, and JSON is more than three times as long. */
const DRAIN_BATCH_RECORDS = 32_768
const DRAIN_BATCH_BYTES = 4 << 20
/** Requests under way at once, of one ring. */
const CONCURRENT_BATCHES = 4
/** Records that don't fill a batch wait so long for others. */
const LINGER_MS = 250
/** A record that came before the message that names its scope waits so long for it. */
const SCOPE_WAIT_MS = 1000

/** Where the records of a lane go, and how they fared; absent: that signal isn't wanted. */
export interface LaneTargets {
  readonly traces: { readonly destination: Destination; readonly counts: DeliveryCounts } | undefined
  readonly logs: { readonly destination: Destination; readonly counts: DeliveryCounts } | undefined
}

/** Records of each kind that nobody has taken. */
export interface Remaining {
  readonly spans: number
  readonly logs: number
}

/** Told of records that are lost for good. */
export type OnRefused = (spans: number, logs: number, why: string) => void

interface Batch {
  readonly end: number
  readonly spans: number
  readonly logs: number
  done: boolean
}

/**
 * Reads one ring and sees that every record gets to its destination. The ring is released in order and only when
 * a collector has the records or refused them for good: until then they lie in the ring, where a restarted
 * reader finds them.
 */
export class RecordLane {
  readonly #reader: RingReader
  readonly #targets: LaneTargets
  readonly #origin: RecordOrigin
  readonly #knowsScope: (id: number) => boolean
  readonly #onRefused: OnRefused
  readonly #batches: Batch[] = []
  #held: Frame | undefined
  #heldSince = 0
  #pendingSince: number | undefined
  #draining = false
  #idle: (() => void)[] = []

  constructor(
    memory: SharedArrayBuffer,
    targets: LaneTargets,
    origin: RecordOrigin,
    knowsScope: (id: number) => boolean,
    onRefused: OnRefused = () => {},
  ) {
    this.#reader = new RingReader(memory)
    this.#targets = targets
    this.#origin = origin
    this.#knowsScope = knowsScope
    this.#onRefused = onRefused
  }

  get usedBytes(): number {
    return this.#reader.usedBytes
  }

  get capacityBytes(): number {
    return this.#reader.capacityBytes
  }

  /** Requests are under way: whoever writes so much may soon have the next ready. */
  get isSending(): boolean {
    return this.#batches.length > 0
  }

  /** Takes what is ready; to be called ten times a second or so, more often while it is sending. */
  poll(): void {
    const now = performance.now()
    const limit = this.#draining ? Number.POSITIVE_INFINITY : CONCURRENT_BATCHES
    while (this.#batches.length < limit && this.#isReady(now)) {
      if (!this.#startBatch(now)) break
    }
    if (this.#isEmpty()) for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Sends everything at once from now on; resolves when nothing is left. */
  drain(): Promise<void> {
    this.#draining = true
    return new Promise(resolve => {
      this.#idle.push(resolve)
      this.poll()
    })
  }

  /** Back to the ordinary pace. */
  endDrain(): void {
    this.#draining = false
    this.#idle = []
  }

  /** What lies in the ring and isn't taken by a collector. */
  remaining(): Remaining {
    let spans = 0
    let logs = 0
    for (const batch of this.#batches) {
      if (batch.done) continue
      spans += batch.spans
      logs += batch.logs
    }
    const ahead = this.#reader.lookAhead()
    for (let frame = this.#held ?? ahead.next(); frame !== undefined; frame = ahead.next()) {
      if (frame.kind === frameKinds.span) spans++
      else logs++
    }
    return {
      spans: this.#targets.traces === undefined ? 0 : spans,
      logs: this.#targets.logs === undefined ? 0 : logs,
    }
  }

  #isEmpty(): boolean {
    return this.#batches.length === 0 && this.#pendingBytes() === 0
  }

  #pendingBytes(): number {
    return this.#reader.unreadBytes + (this.#held === undefined ? 0 : 1)
  }

  #isReady(now: number): boolean {
    const pending = this.#pendingBytes()
    if (pending === 0) {
      this.#pendingSince = undefined
      return false
    }
    // a small ring is full before a batch is
    const enough = Math.min(BATCH_BYTES, this.#reader.capacityBytes) / 4
    if (this.#draining || pending >= enough) return true
    this.#pendingSince ??= now
    return now - this.#pendingSince >= LINGER_MS
  }

  #startBatch(now: number): boolean {
    const maximumRecords = this.#draining ? DRAIN_BATCH_RECORDS : BATCH_RECORDS
    const maximumBytes = this.#draining ? DRAIN_BATCH_BYTES : BATCH_BYTES
    const spans: Frame[] = []
    const logs: Frame[] = []
    let bytes = 0
    let end: number | undefined
    while (spans.length + logs.length < maximumRecords && bytes < maximumBytes) {
      const frame = this.#next(now)
      if (frame === undefined) break
      if (frame.kind === frameKinds.span) spans.push(frame)
      else logs.push(frame)
      bytes += frame.payload.length
      end = frame.end
    }
    if (end === undefined) return false
    this.#pendingSince = undefined
    const batch: Batch = { end, spans: spans.length, logs: logs.length, done: false }
    this.#batches.push(batch)
    void this.#deliver(batch, spans, logs)
    return true
  }

  /** The next record whose scope is known. */
  #next(now: number): Frame | undefined {
    const frame = this.#held ?? this.#reader.next()
    if (frame === undefined) return undefined
    if (this.#knowsScope(frame.scope)) {
      this.#held = undefined
      return frame
    }
    if (this.#held === undefined) {
      this.#held = frame
      this.#heldSince = now
    }
    if (now - this.#heldSince < SCOPE_WAIT_MS && !this.#draining) return undefined
    this.#held = undefined
    return frame
  }

  async #deliver(batch: Batch, spans: readonly Frame[], logs: readonly Frame[]): Promise<void> {
    await Promise.all([this.#send(this.#targets.traces, spans), this.#send(this.#targets.logs, logs)])
    batch.done = true
    this.#release()
    this.poll()
  }

  /** Resolves when the records have been taken or refused for good. */
  async #send(target: LaneTargets['traces'], frames: readonly Frame[], isFirst = true): Promise<void> {
    if (target === undefined || frames.length === 0) return
    const underWay = target.counts.begin(frames.length, isFirst)
    let result: DeliveryResult
    try {
      const request = encodeRecords(frames, this.#origin)
      result = await target.destination.deliver(request, frames.length, { canSplit: frames.length > 1 })
    } catch {
      result = { failed: frames.length, errorType: 'encoding_failed' }
    }
    // given up because the destination was closed: they stay in the ring and count as remaining
    if (result.abandoned) return new Promise(() => {})
    if (result.tooLarge) {
      underWay.split()
      const half = frames.length >> 1
      await this.#send(target, frames.slice(0, half), false)
      return this.#send(target, frames.slice(half), false)
    }
    underWay.ended(result.failed, result.errorType)
    if (result.failed === 0) return
    const isTraces = target === this.#targets.traces
    const why = `${target.destination.address} ${result.why ?? "got nothing: they couldn't be encoded"}`
    this.#onRefused(isTraces ? result.failed : 0, isTraces ? 0 : result.failed, why)
  }

  #release(): void {
    while (this.#batches[0]?.done) {
      this.#reader.release(this.#batches.shift()!.end)
    }
  }
}
