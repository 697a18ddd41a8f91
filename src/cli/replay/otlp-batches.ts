import type { Frame } from '../../channel/byte-ring.js'
import type { OtlpSignalConfig } from '../../channel/export-config.js'
import { frameKinds } from '../../channel/lanes.js'
import { otlpMessage } from '../../channel/otlp-schema.js'
import { decodeMessage } from '../../channel/protobuf-reader.js'
import type { OtlpSender } from '../../export/otlp/attempt.js'
import { encodeRecords, type RecordOrigin } from '../../export/otlp/record-batch.js'
import { createOtlpSender } from '../../export/otlp/sender.js'

/** A request is full at this many spans or bytes. */
const BATCH_SPANS = 2048
const BATCH_BYTES = 1 << 19
/** Requests under way at once: reading waits when there are more. */
const CONCURRENT_BATCHES = 2
/** How often a request is tried that may be taken later, and the wait between, doubled each time. */
const MAXIMUM_TRIES = 6
const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 10_000
/** So often where nobody listens. */
const UNREACHABLE_TRIES = 2

/** What became of the spans. */
export interface OtlpOutcome {
  readonly accepted: number
  readonly refused: number
  /** Why, in words; completes "http://localhost:4318 …". Each reason once. */
  readonly reasons: readonly string[]
}

/**
 * Sends spans in requests of bounded size, a few at once. A collector that can't be reached, or goes on failing, is
 * given up: what comes then is counted as refused.
 */
export class OtlpBatches {
  readonly #sender: OtlpSender
  readonly #origin: RecordOrigin
  readonly #underWay = new Set<Promise<void>>()
  #spans: Frame[] = []
  #bytes = 0
  #accepted = 0
  #refused = 0
  readonly #reasons = new Set<string>()
  #givenUp = false
  /** The connections of a sender don't hold a process; while something is under way this does. */
  #hold: NodeJS.Timeout | undefined

  constructor(config: OtlpSignalConfig, origin: RecordOrigin) {
    this.#sender = createOtlpSender(config)
    this.#origin = origin
  }

  /** Takes a span as an OTLP message; the bytes are kept. */
  add(payload: Uint8Array): void {
    this.#spans.push({ kind: frameKinds.span, resource: 0, scope: 0, payload, end: 0 })
    this.#bytes += payload.length
    if (this.#spans.length >= BATCH_SPANS || this.#bytes >= BATCH_BYTES) this.#sendBatch()
  }

  /** A promise when more requests are under way than should be. */
  get ready(): Promise<void> | undefined {
    return this.#underWay.size > CONCURRENT_BATCHES ? Promise.race(this.#underWay) : undefined
  }

  /** Sends the rest and waits for all answers. */
  async end(): Promise<OtlpOutcome> {
    this.#sendBatch()
    await Promise.all(this.#underWay)
    this.#sender.close()
    clearInterval(this.#hold)
    return { accepted: this.#accepted, refused: this.#refused, reasons: [...this.#reasons] }
  }

  #sendBatch(): void {
    const spans = this.#spans
    if (spans.length === 0) return
    this.#spans = []
    this.#bytes = 0
    this.#hold ??= setInterval(() => {}, 60_000)
    const sending = this.#send(spans).finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  async #send(spans: readonly Frame[]): Promise<void> {
    const request = encodeRecords(spans, this.#origin)
    const isJson = this.#sender.config.protocol === 'http/json'
    const body = isJson
      ? Buffer.from(JSON.stringify(decodeMessage(request, otlpMessage('ExportTraceServiceRequest'))))
      : request
    for (let tries = 1; !this.#givenUp; tries++) {
      const result = await this.#sender.send(body)
      if (result.outcome === 'accepted') {
        const refused = Math.min(spans.length, result.partial?.rejected ?? 0)
        this.#accepted += spans.length - refused
        if (refused > 0) this.#refuse(refused, `took a part only${inParentheses(result.partial?.message)}`)
        return
      }
      if (result.outcome === 'rejected') {
        if (result.status === 413 && spans.length > 1) {
          const half = spans.length >> 1
          await this.#send(spans.slice(0, half))
          return this.#send(spans.slice(half))
        }
        return this.#refuse(spans.length, result.error ?? 'refused them')
      }
      this.#givenUp = tries >= (result.unreachable === true ? UNREACHABLE_TRIES : MAXIMUM_TRIES)
      if (this.#givenUp) return this.#refuse(spans.length, result.error ?? "didn't answer")
      const wait = Math.max(result.retryAfterMs ?? 0, FIRST_RETRY_MS * 2 ** (tries - 1))
      await new Promise(resolve => setTimeout(resolve, Math.min(wait, LONGEST_RETRY_MS)))
    }
    this.#refused += spans.length
  }

  #refuse(count: number, reason: string): void {
    this.#refused += count
    // a collector that words each refusal anew mustn't fill the terminal
    if (this.#reasons.size < 8) this.#reasons.add(reason)
  }
}

function inParentheses(text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` (${text})`
}
