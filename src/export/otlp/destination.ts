import { otlpMessage } from '../../channel/otlp-schema.js'
import { decodeMessage } from '../../channel/protobuf-reader.js'
import type { OtlpSender, SendResult } from './attempt.js'
import type { CollectorNotices } from './collector-notices.js'

/** One of the OTLP signals. */
export type Signal = 'traces' | 'logs' | 'metrics'

const requestMessages = {
  traces: 'ExportTraceServiceRequest',
  logs: 'ExportLogsServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
} as const

/** What became of a request in the end. */
export interface DeliveryResult {
  /** Records that weren't taken. */
  readonly failed: number
  /** Class of the failure, for `error.type`. */
  readonly errorType?: string
  /** What the collector said, in words; completes "http://localhost:4318 …". */
  readonly why?: string
  /** It was given up because time was over: the records may be tried again. */
  readonly abandoned?: boolean
  /** It was more than the collector takes at once. */
  readonly tooLarge?: boolean
}

/** How a request is to be delivered. */
export interface DeliverOptions {
  /** By the monotonic clock; none by default. */
  readonly deadline?: number
  /** Nobody waits for it any more: it isn't tried again. */
  readonly isGivenUp?: () => boolean
  /** Whoever asks will try smaller ones where this one is too large. */
  readonly canSplit?: boolean
}

/** Waiting times between attempts, doubled each time, with jitter. The queue of a busy process lasts for seconds. */
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 5000
/** Whoever waits for somebody else's attempt looks up so often. */
const LONGEST_PAUSE_MS = 60_000
/** While the process waits for its end. */
const HURRIED_RETRY_MS = 100
/** At the end of a process an address at which nobody listens is tried so often. */
const HURRIED_UNREACHABLE_TRIES = 2

/**
 * Where one signal goes, with the memory of how it went: while the collector doesn't answer, one request at a
 * time tries it and the others wait; `notices` says when that begins and when it ends.
 */
export class Destination {
  readonly signal: Signal
  readonly #sender: OtlpSender
  readonly #notices: CollectorNotices
  /** Attempts in a row that failed; those that were under way together count as one. */
  #failures = 0
  /** By the monotonic clock: the collector wants nothing before. */
  #notBefore = 0
  #hasAnswered = false
  #hurried = false
  #hurriedTries = 0
  #probing = false
  #closed = false
  readonly #waiting = new Set<() => void>()

  constructor(signal: Signal, sender: OtlpSender, notices: CollectorNotices) {
    this.signal = signal
    this.#sender = sender
    this.#notices = notices
  }

  /** Where to, without credentials. */
  get address(): string {
    return describeAddress(this.#sender.config.url)
  }

  get isDown(): boolean {
    return this.#failures > 0
  }

  /** Why it failed last, in words; empty when it works. */
  lastError = ''

  /** How it fares, for a person. */
  get status(): string {
    if (this.lastError !== '') return this.lastError
    return this.#hasAnswered ? 'ok' : 'nothing sent yet'
  }

  /**
   * Delivers a protobuf request of `count` records, again and again until it is taken, refused for good or the
   * time is over. Never rejects.
   */
  async deliver(request: Uint8Array, count: number, options: DeliverOptions = {}): Promise<DeliveryResult> {
    const { deadline = Number.POSITIVE_INFINITY, canSplit = false, isGivenUp } = options
    const body = this.#sender.config.protocol === 'http/json' ? toJson(request, this.signal) : request
    while (true) {
      const left = deadline - performance.now()
      if (this.#closed || left <= 0 || isGivenUp?.()) return { failed: count, errorType: 'timeout', abandoned: true }
      const early = this.#notBefore - performance.now()
      if (early > 0 && !this.#hurried) {
        await this.#pause(Math.min(left, early))
        continue
      }
      const failuresBefore = this.#failures
      const probe = failuresBefore > 0
      if (probe && this.#probing) {
        await this.#pause(left)
        continue
      }
      if (probe) this.#probing = true
      const result = await this.#sender.send(body, Math.max(1, Math.min(left, this.#sender.config.timeoutMs)))
      if (this.#closed && result.outcome !== 'accepted') continue
      if (result.outcome === 'retry') {
        const wait = this.#noteFailure(result, failuresBefore)
        await this.#pause(Math.min(wait, deadline - performance.now()))
        if (probe) this.#probing = false
        continue
      }
      if (probe) this.#probing = false
      this.#noteAnswer()
      // a sender without usable settings rejects by itself: no collector has answered
      if (result.status !== undefined) this.#notices.answered(this.signal)
      if (result.tooLarge && canSplit) return { failed: count, errorType: classOf(result), tooLarge: true }
      return this.#settle(result, count)
    }
  }

  /** Attempts follow one another quickly from now on: the end of the process waits for them. */
  hurry(): void {
    this.#hurried = true
    this.#hurriedTries = 0
    this.wake()
  }

  /** Attempts take their time again. */
  calm(): void {
    this.#hurried = false
  }

  /** Nobody listens at the address: waiting longer at the end of a process would be in vain. */
  get isHopeless(): boolean {
    return this.#hurried && this.#hurriedTries >= HURRIED_UNREACHABLE_TRIES
  }

  close(): void {
    this.#closed = true
    this.#sender.close()
    this.wake()
  }

  #settle(result: SendResult, count: number): DeliveryResult {
    if (result.outcome === 'rejected') {
      this.lastError = result.error ?? ''
      this.#notices.refused(this.signal, this.lastError)
      return { failed: count, errorType: classOf(result), why: this.lastError }
    }
    const { partial } = result
    if (partial === undefined) return { failed: 0 }
    const failed = Math.min(count, partial.rejected)
    this.#notices.refusedPart(this.signal, partial.rejected, partial.message)
    const why = `took a part only${partial.message === '' ? '' : ` (${partial.message})`}`
    return { failed, errorType: 'rejected', why }
  }

  #noteFailure(result: SendResult, failuresBefore: number): number {
    this.lastError = result.error ?? ''
    if (this.#failures <= failuresBefore) this.#failures++
    if (result.retryAfterMs !== undefined) {
      this.#notBefore = Math.max(this.#notBefore, performance.now() + result.retryAfterMs)
    }
    if (this.#hurried && result.unreachable) this.#hurriedTries++
    this.#notices.failed(this.signal, result)
    if (this.#hurried && !this.isHopeless) return HURRIED_RETRY_MS
    const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10))
    return backoff * (0.5 + Math.random() / 2)
  }

  #noteAnswer(): void {
    this.#failures = 0
    this.lastError = ''
    this.#hasAnswered = true
    this.wake()
  }

  /** Until `ms` are over or something has changed. */
  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, Math.max(0, Math.min(ms, LONGEST_PAUSE_MS)))
      timer.unref()
      this.#waiting.add(done)
    })
  }

  /** Whoever waits looks whether something has changed. */
  wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

function classOf({ errorType, status }: SendResult): string {
  return errorType ?? String(status ?? 'rejected')
}

function toJson(request: Uint8Array, signal: Signal): Uint8Array {
  return Buffer.from(JSON.stringify(decodeMessage(request, otlpMessage(requestMessages[signal]))))
}

/** The origin of an address: without path and credentials. */
export function describeAddress(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
