import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { CollectionResult } from '@opentelemetry/sdk-metrics'
import type { ProcessorShare } from '../processor-share.js'
import type { ExpositionFormat } from './accept.js'
import type { ExpositionWriter } from './exposition.js'

const compress = promisify(gzip)

/** Why a scrape has no answer; the message is a sentence for the body of a 503. */
export class ScrapeError extends Error {
  override readonly name = 'ScrapeError'
}

/** One collection and its texts, for all who asked while it was under way. */
export class Scrape {
  readonly #collected: Promise<CollectionResult>
  readonly #writer: ExpositionWriter
  readonly #share: ProcessorShare | undefined
  readonly #texts = new Map<string, Promise<Buffer>>()

  constructor(collected: Promise<CollectionResult>, writer: ExpositionWriter, share: ProcessorShare | undefined) {
    this.#collected = collected
    this.#writer = writer
    this.#share = share
  }

  /** The text in `format`. @throws {ScrapeError} when the collection failed or took too long. */
  text(format: ExpositionFormat['name']): Promise<Buffer> {
    return this.#once(format, () => this.#write(format))
  }

  /** The same, compressed. */
  gzipped(format: ExpositionFormat['name']): Promise<Buffer> {
    return this.#once(`${format} gzip`, async () => compress(await this.text(format), { level: 1 }))
  }

  /** When every text that was asked for has been written. */
  async written(): Promise<void> {
    let known = -1
    // the compressed one is asked for when the plain one is there
    while (known !== this.#texts.size) {
      known = this.#texts.size
      await Promise.allSettled(this.#texts.values())
    }
  }

  #once(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    let text = this.#texts.get(key)
    if (text === undefined) {
      text = make()
      this.#texts.set(key, text)
    }
    return text
  }

  async #write(format: ExpositionFormat['name']): Promise<Buffer> {
    const { resourceMetrics } = await this.#collected
    const pieces: Buffer[] = []
    let length = 0
    for (const piece of this.#writer.write(resourceMetrics, format)) {
      pieces.push(piece)
      length += piece.length
      this.#share?.rest()
      // a turn of the loop for everybody else: this may run in the one that trades
      await nextTurn()
    }
    const whole = Buffer.allocUnsafeSlow(length)
    let at = 0
    for (const piece of pieces) {
      at += piece.copy(whole, at)
      this.#share?.rest()
    }
    return whole
  }
}

/**
 * Collects for scrapes, one at a time: those that come while a collection is under way share it, and those that come
 * while its texts are written share the next. So there is never more in memory than one collection and its texts,
 * however many ask.
 */
export class Scraper {
  readonly #collect: () => Promise<CollectionResult>
  readonly #writer: ExpositionWriter
  readonly #timeoutMs: number
  readonly #share: ProcessorShare | undefined
  #current: Scrape | undefined
  #running: Promise<CollectionResult> | undefined
  #writing: Promise<void> | undefined

  constructor(
    collect: () => Promise<CollectionResult>,
    writer: ExpositionWriter,
    timeoutMs: number,
    share?: ProcessorShare,
  ) {
    this.#share = share
    this.#collect = collect
    this.#writer = writer
    this.#timeoutMs = timeoutMs
  }

  /** The scrape that is under way, or a new one. */
  scrape(): Scrape {
    if (this.#current !== undefined) return this.#current
    const before = this.#writing
    const collected = before === undefined ? this.#collectInTime() : before.then(() => this.#collectInTime())
    const scrape = new Scrape(collected, this.#writer, this.#share)
    this.#current = scrape
    // whoever comes later wants values of later
    const close = () => {
      this.#current = undefined
      const writing = scrape.written().then(() => {
        if (this.#writing === writing) this.#writing = undefined
      })
      this.#writing = writing
    }
    collected.then(close, close)
    return scrape
  }

  #collectInTime(): Promise<CollectionResult> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new ScrapeError(`The metrics could not be collected within ${this.#timeoutMs} ms.`)),
        this.#timeoutMs,
      )
      // one that took too long may still be under way: another beside it would only make things worse
      this.#running ??= this.#collect().finally(() => {
        this.#running = undefined
      })
      this.#running
        .then(resolve, (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          reject(new ScrapeError(`The metrics could not be collected: ${reason}.`))
        })
        .finally(() => clearTimeout(timer))
    })
  }
}
