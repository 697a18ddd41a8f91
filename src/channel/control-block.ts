import { IntervalBlock, intervalBlockBytes } from './interval-block.js'
import { type FrameKind, frameKinds, type Lane } from './lanes.js'

/*
 * What the two threads tell each other outside of series and rings. The trading thread writes the left
 * column, the telemetry thread the right one:
 *
 *   beat, stage and order it was last in      state (up, in which generation)
 *   how much of it was described
 *   drain request                             drain answer, what is lost and why
 *   counts of what was dropped                counts of what collectors refused, and why
 *                                             intervals of the delta reader
 *
 * Int32 words first, then Float64 counts (a count of drops may pass 2^31).
 */
const BEAT = 0
const READER = 1
const DRAIN_REQUEST = 2
const DRAIN_ANSWER = 3
const LOST_SPANS = 4
const LOST_LOGS = 5
const STAGE_VERSION = 6
const STAGE = 7
const ORDER_LENGTH = 8
const INT_WORDS = 16
const ORDER_BYTES = 64
const ORDER_OFFSET = INT_WORDS * 4
const REASON_LENGTH = 9
const REASON_BYTES = 128
const REASON_OFFSET = ORDER_OFFSET + ORDER_BYTES
const REFUSAL_LENGTH = 10
const DESCRIPTIONS = 11
const REFUSAL_OFFSET = REASON_OFFSET + REASON_BYTES
const COUNTS_OFFSET = REFUSAL_OFFSET + REASON_BYTES

/** One count of what the trading thread had to drop or cut. */
export interface Drop {
  /** `orderscope.drop.reason`. */
  readonly reason: string
  /** Of a record: where it was to go, and what it was. */
  readonly lane?: Lane
  readonly kind?: FrameKind
}

const { span, log } = frameKinds

/** What may be dropped, each with a count in shared memory; those of the same reason and lane are told as one. */
export const drops = [
  // a ring was full
  { reason: 'orders_ring_full', lane: 'orders', kind: span },
  { reason: 'orders_ring_full', lane: 'orders', kind: log },
  { reason: 'other_ring_full', lane: 'other', kind: span },
  { reason: 'other_ring_full', lane: 'other', kind: log },
  // larger than half a ring
  { reason: 'record_too_large', lane: 'orders', kind: span },
  { reason: 'record_too_large', lane: 'orders', kind: log },
  { reason: 'record_too_large', lane: 'other', kind: span },
  { reason: 'record_too_large', lane: 'other', kind: log },
  // an attribute value was cut to the length limit
  { reason: 'attribute_cut' },
  // a measurement that isn't a finite number, or a negative one on a counter
  { reason: 'invalid_measurement' },
  // a measurement that went to the overflow series
  { reason: 'series_overflow' },
  // a measurement through a handle that was released
  { reason: 'series_released' },
  // a record that couldn't be encoded
  { reason: 'encoding_failed' },
  // a worker thread of the application beyond those that can be followed: all that it records
  { reason: 'thread_refused' },
] as const satisfies readonly Drop[]

export type DropReason = (typeof drops)[number]['reason']
type RecordDropReason = Extract<(typeof drops)[number], { readonly lane: Lane }>['reason']

/** Of what no collector will ever have, written by the telemetry thread. */
const LOSSES_OFFSET = COUNTS_OFFSET + drops.length * 8
const REFUSED_SPANS = 0
const REFUSED_LOGS = 1
const DROPPED_ELSEWHERE = 2
const INTERVALS_OFFSET = LOSSES_OFFSET + 3 * 8
const CONTROL_BYTES = INTERVALS_OFFSET + intervalBlockBytes(drops.length)

/** Answers of the telemetry thread to a drain request. */
export const drainAnswers = { none: 0, delivered: 1, incomplete: 2 } as const

/** The shared memory of a control block. */
export function createControlMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BYTES)
}

/** Where the loop was last seen. */
export interface LastSeen {
  /** Index into the catalog's list of stages, -1 for none. */
  readonly stage: number
  readonly order: string
}

/** What came of a drain. */
export interface DrainAnswer {
  /** The telemetry thread answered in time. */
  readonly answered: boolean
  readonly delivered: boolean
  readonly lostSpans: number
  readonly lostLogs: number
  /** `http://localhost:4318 refused the connection`; empty when nothing is known. */
  readonly reason: string
}

/** Records lost for good before the end, since the process started. */
export interface Losses {
  /** Records that found no room in a ring or were larger than half of it. */
  readonly dropped: number
  /** Records that a collector refused for good. */
  readonly refusedSpans: number
  readonly refusedLogs: number
  /** `http://localhost:4318 answered HTTP 400`; empty when nothing was refused. */
  readonly refusal: string
}

/** Latin-1, as much as fits; returns the length. */
function put(from: string, into: Uint8Array): number {
  const length = Math.min(from.length, into.length)
  for (let i = 0; i < length; i++) into[i] = from.charCodeAt(i)
  return length
}

function text(from: Uint8Array, length: number): string {
  return String.fromCharCode(...from.subarray(0, length))
}

/** Both ends use the same class; who may write what stands above. */
export class ControlBlock {
  readonly memory: SharedArrayBuffer
  /** Of the delta reader. */
  readonly intervals: IntervalBlock
  readonly #ints: Int32Array
  readonly #order: Uint8Array
  readonly #reason: Uint8Array
  readonly #counts: Float64Array
  readonly #refusal: Uint8Array
  readonly #losses: Float64Array
  #beatTime: number | undefined

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#ints = new Int32Array(memory, 0, INT_WORDS)
    this.#order = new Uint8Array(memory, ORDER_OFFSET, ORDER_BYTES)
    this.#reason = new Uint8Array(memory, REASON_OFFSET, REASON_BYTES)
    this.#counts = new Float64Array(memory, COUNTS_OFFSET, drops.length)
    this.#refusal = new Uint8Array(memory, REFUSAL_OFFSET, REASON_BYTES)
    this.#losses = new Float64Array(memory, LOSSES_OFFSET, 3)
    this.intervals = new IntervalBlock(memory, INTERVALS_OFFSET, drops.length)
  }

  // Trading thread.

  /**
   * Milliseconds since 1970, by the last beat where the loop beats: near enough for an exemplar, and a look at the
   * clock would take longer than everything else that a measurement does.
   */
  get time(): number {
    return this.#beatTime ?? Date.now()
  }

  /** The loop turned. */
  beat(): void {
    this.#beatTime = Date.now()
    Atomics.store(this.#ints, BEAT, (this.#ints[BEAT]! + 1) | 0)
  }

  /** Notes the stage and order that the loop is in; the id is cut to 64 Latin-1 characters. */
  enterStage(stage: number, order: string): void {
    const ints = this.#ints
    const version = ints[STAGE_VERSION]!
    Atomics.store(ints, STAGE_VERSION, (version + 1) | 0)
    ints[ORDER_LENGTH] = put(order, this.#order)
    // 0 in fresh memory must mean none
    ints[STAGE] = stage + 1
    Atomics.store(ints, STAGE_VERSION, (version + 2) | 0)
  }

  /** A description was sent without which some series can't be read; to be counted before anything is recorded in one. */
  countDescription(): void {
    Atomics.add(this.#ints, DESCRIPTIONS, 1)
  }

  countDrop(reason: number, by = 1): void {
    this.#counts[reason]! += by
  }

  /** Asks the telemetry thread to deliver everything; `true` when it answered within `boundMs`. Blocks the thread. */
  requestDrain(boundMs: number): DrainAnswer {
    const answer = Atomics.load(this.#ints, DRAIN_ANSWER)
    if (answer === drainAnswers.none) Atomics.wait(this.#ints, DRAIN_ANSWER, drainAnswers.none, boundMs)
    const now = Atomics.load(this.#ints, DRAIN_ANSWER)
    return {
      answered: now !== drainAnswers.none,
      delivered: now === drainAnswers.delivered,
      lostSpans: Atomics.load(this.#ints, LOST_SPANS),
      lostLogs: Atomics.load(this.#ints, LOST_LOGS),
      reason: text(this.#reason, Atomics.load(this.#ints, REASON_LENGTH)),
    }
  }

  /** What was lost for good until now, in this thread and as far as the other end has told. */
  get losses(): Losses {
    return {
      dropped: this.droppedRecords + this.#losses[DROPPED_ELSEWHERE]!,
      refusedSpans: this.#losses[REFUSED_SPANS]!,
      refusedLogs: this.#losses[REFUSED_LOGS]!,
      refusal: text(this.#refusal, Atomics.load(this.#ints, REFUSAL_LENGTH)),
    }
  }

  /** Must come before the message that wakes the telemetry thread. */
  beginDrain(): void {
    Atomics.store(this.#ints, DRAIN_ANSWER, drainAnswers.none)
    Atomics.store(this.#ints, DRAIN_REQUEST, 1)
  }

  /** Which start of the telemetry thread is up; 0: none yet. */
  get readerGeneration(): number {
    return Atomics.load(this.#ints, READER)
  }

  // Telemetry thread.

  get beats(): number {
    return Atomics.load(this.#ints, BEAT)
  }

  /** Scopes, instruments, chunks and blocks of the directory. */
  get descriptions(): number {
    return Atomics.load(this.#ints, DESCRIPTIONS)
  }

  get drainRequested(): boolean {
    return Atomics.load(this.#ints, DRAIN_REQUEST) === 1
  }

  /** `generation` from 1; 0 says that the thread is gone. */
  reportUp(generation: number): void {
    Atomics.store(this.#ints, READER, generation)
  }

  /**
   * What would be lost if the process ended now, and why (cut to 128 Latin-1 characters); kept current while
   * draining so that a time-out can tell.
   */
  reportRemaining(spans: number, logs: number, reason = ''): void {
    Atomics.store(this.#ints, REASON_LENGTH, put(reason, this.#reason))
    Atomics.store(this.#ints, LOST_SPANS, spans)
    Atomics.store(this.#ints, LOST_LOGS, logs)
  }

  /** Records that a collector refused for good, and why (cut to 128 Latin-1 characters). */
  countRefused(spans: number, logs: number, why: string): void {
    this.#losses[REFUSED_SPANS]! += spans
    this.#losses[REFUSED_LOGS]! += logs
    Atomics.store(this.#ints, REFUSAL_LENGTH, put(why, this.#refusal))
  }

  /** Records that the application's other threads dropped. */
  reportDroppedElsewhere(records: number): void {
    this.#losses[DROPPED_ELSEWHERE] = records
  }

  answerDrain(delivered: boolean): void {
    Atomics.store(this.#ints, DRAIN_REQUEST, 0)
    Atomics.store(this.#ints, DRAIN_ANSWER, delivered ? drainAnswers.delivered : drainAnswers.incomplete)
    Atomics.notify(this.#ints, DRAIN_ANSWER)
  }

  /** Where the loop was last seen; `undefined` when nothing was ever noted or it was cut off while writing. */
  get lastSeen(): LastSeen | undefined {
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = Atomics.load(this.#ints, STAGE_VERSION)
      if (before === 0) return undefined
      if (before & 1) continue
      const stage = this.#ints[STAGE]! - 1
      const order = text(this.#order, this.#ints[ORDER_LENGTH]!)
      if (Atomics.load(this.#ints, STAGE_VERSION) === before) return { stage, order }
    }
    return undefined
  }

  /** Records of this thread that found no room. */
  get droppedRecords(): number {
    return this.dropped('orders_ring_full') + this.dropped('other_ring_full') + this.dropped('record_too_large')
  }

  dropped(reason: DropReason): number {
    let total = 0
    for (const [index, drop] of drops.entries()) if (drop.reason === reason) total += this.#counts[index]!
    return total
  }

  /** One of the counts of `drops`, by its index. */
  droppedAt(index: number): number {
    return this.#counts[index]!
  }
}

/** Index of a drop, resolved once by those who count on a hot path. Of a record, with its lane and kind. */
export function dropIndex(reason: Exclude<DropReason, RecordDropReason>): number
export function dropIndex(reason: RecordDropReason, lane: Lane, kind: FrameKind): number
export function dropIndex(reason: DropReason, lane?: Lane, kind?: FrameKind): number {
  return drops.findIndex((drop: Drop) => drop.reason === reason && drop.lane === lane && drop.kind === kind)
}
