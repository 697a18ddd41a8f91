import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { CollectionResult } from '@opentelemetry/sdk-metrics'
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
  readonly #texts = new Map<string, Promise<Buffer>>()

  constructor(collected: Promise<CollectionResult>, writer: ExpositionWriter) {
    this.#collected = collected
    this.#writer = writer
  }

  /** The text in `format`. @throws {ScrapeError} when the collection failed or took too long. */
  text(format: ExpositionFormat['name']): Promise<Buffer> {
    return this.#once(format, () => this.#write(format))
  }

  /** The same, compressed. */
  gzipped(format: ExpositionFormat['name']): Promise<Buffer> {
    return this.#once(`${format} gzip`, async () => compress(await this.text(format), { level: 1 }))
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
    for (const piece of this.#writer.write(resourceMetrics, format)) {
      pieces.push(Buffer.from(piece))
      // a turn of the loop for everybody else: this may run in the one that trades
      await nextTurn()
    }
    return Buffer.concat(pieces)
  }
}

/** Collects for scrapes: those that come while a collection is under way share it, and one runs at a time. */
export class Scraper {
  readonly #collect: () => Promise<CollectionResult>
  readonly #writer: ExpositionWriter
  readonly #timeoutMs: number
  #current: Scrape | undefined
  #running: Promise<CollectionResult> | undefined

  constructor(collect: () => Promise<CollectionResult>, writer: ExpositionWriter, timeoutMs: number) {
    this.#collect = collect
    this.#writer = writer
    this.#timeoutMs = timeoutMs
  }

  /** The scrape that is under way, or a new one. */
  scrape(): Scrape {
    if (this.#current !== undefined) return this.#current
    const collected = this.#collectInTime()
    const scrape = new Scrape(collected, this.#writer)
    this.#current = scrape
    // whoever comes later wants values of later
    const close = () => {
      if (this.#current === scrape) this.#current = undefined
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
