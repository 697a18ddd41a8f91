import type { RingMemory } from './lanes.js'

/** What a series holds and how an instrument's measurements come together in it. */
export type SeriesKind = 'sum' | 'gauge' | 'histogram'

/** Whether figures count from the start of the series or from the last export. */
export type Temporality = 'cumulative' | 'delta'

/** Name of a scope (an instrumentation library) with its version. */
export interface ScopeDescriptor {
  readonly name: string
  readonly version?: string | undefined
  readonly schemaUrl?: string | undefined
}

/** An instrument as a View left it: one metric stream. */
export interface InstrumentDescriptor {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: SeriesKind
  /** Of a sum. */
  readonly monotonic: boolean
  /** Whole numbers only (OpenTelemetry's ValueType.INT). */
  readonly integer: boolean
  /** Shown only while the latest collection observed them. */
  readonly observable: boolean
  /** Of a histogram: upper bounds, ascending, without +Inf. */
  readonly boundaries: readonly number[]
  readonly recordMinMax: boolean
  /** Series that it may have at a time. */
  readonly seriesLimit: number
  /** Of a histogram: negative values are measurements too. */
  readonly signed: boolean
  /** Of a histogram: by OTLP it has exponential buckets, at most so many of each sign; 0: the explicit ones. */
  readonly exponentialSize: number
  /** What the OTLP reader makes of it; the scrape is cumulative. A gauge has none and says `cumulative`. */
  readonly temporality: Temporality
}

export type SeriesAttributeValue = string | number | boolean | readonly (string | number | boolean)[]
export type SeriesAttributes = Readonly<Record<string, SeriesAttributeValue>>

/** How a callback failed: it threw, didn't answer in time, or held the loop. */
export type ObservationFailure = 'exception' | 'timeout' | 'slow'

/** What came of asking the observable instruments of a thread. */
export interface ObservationAnswer {
  /** Names of instruments, one for each callback. */
  readonly failed: readonly { readonly instrument: string; readonly type: ObservationFailure }[]
  /** Instruments that still work on it, by id, and the collection that they answered last: what they told is shown on. */
  readonly late: readonly { readonly instrument: number; readonly answered: number }[]
}

/** One release of a series, of the several that there may be in its life. */
export interface SeriesRelease {
  readonly id: number
  /** Ascending, for all series of a writer. */
  readonly release: number
}

/**
 * What a writing thread tells the reader: once for everything that the reader doesn't find in shared memory by itself.
 * All of them together are kept and said again to a restarted reader; each is idempotent by its id.
 */
export type WriterMessage =
  | {
      readonly kind: 'writer'
      /** 0 is the main thread; the application's worker threads have their threadId. */
      readonly writer: number
      readonly control: SharedArrayBuffer
      readonly rings: RingMemory
      /** Milliseconds since 1970: start of every cumulative series. */
      readonly startTime: number
    }
  | { readonly kind: 'chunk'; readonly writer: number; readonly index: number; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'scope'; readonly writer: number; readonly id: number; readonly scope: ScopeDescriptor }
  | {
      readonly kind: 'instrument'
      readonly writer: number
      readonly id: number
      readonly scope: number
      readonly instrument: InstrumentDescriptor
    }
  /** A block of the directory, where the reader finds the series. */
  | { readonly kind: 'directory'; readonly writer: number; readonly index: number; readonly memory: SharedArrayBuffer }
  /**
   * The end of a series, in four steps, so that nobody ever reads its place as that of another: nothing is written to
   * it any more (`released`); its last value has been told (`served`); it isn't bound again (`gone`; until then it can
   * be `revived` and goes on); the reader has forgotten it (`freed`), and its place and its id may be used again.
   * A series may be released, revived and released again before the first release is answered: each has a number.
   */
  | { readonly kind: 'released'; readonly writer: number; readonly id: number; readonly release: number }
  | { readonly kind: 'revived' | 'gone'; readonly writer: number; readonly id: number }
  /** Answer to `observe`: the callbacks have run, and what they observed carries this collection's number. */
  | {
      readonly kind: 'observed'
      readonly writer: number
      readonly collection: number
      readonly answer: ObservationAnswer
    }
  /** The writer has observable instruments: ask before each collection. */
  | { readonly kind: 'observables'; readonly writer: number }
  /** Look at the control block: a drain was requested. */
  | { readonly kind: 'drain'; readonly writer: number }
  /** End in order: deliver what there is, close the endpoint, answer through the control block. */
  | { readonly kind: 'shutdown'; readonly writer: number }

/** What the reader tells the writers. */
export type ReaderMessage =
  /** Run the observable callbacks for this collection, and answer within the time without those that take longer. */
  | { readonly kind: 'observe'; readonly collection: number; readonly withinMs: number }
  /** See `released`. */
  | { readonly kind: 'served'; readonly writer: number; readonly releases: readonly SeriesRelease[] }
  | { readonly kind: 'freed'; readonly writer: number; readonly ids: readonly number[] }
  /** These series haven't changed for long, and their instruments need the room. */
  | { readonly kind: 'idle'; readonly writer: number; readonly ids: readonly number[] }
  /** A restarted reader asks for all descriptors. */
  | { readonly kind: 'replay' }
  /** The endpoint is up: where it listens (`undefined`: no endpoint wanted), how long the start took. */
  | { readonly kind: 'up'; readonly endpoint: string | undefined; readonly startMs: number }
  /** Shut down is done. */
  | { readonly kind: 'ended' }
  /** Something for the start-up line or for a person: one line, already worded. */
  | { readonly kind: 'say'; readonly line: string }

/** The two-way connection: a worker's port, or its like when both ends live in the loop. */
export interface ChannelPort<Out, In> {
  postMessage(message: Out): void
  onMessage(receive: (message: In) => void): void
}
