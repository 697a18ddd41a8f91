import type { ServerResponse } from 'node:http'

/** Answers that wait for their readers may hold so much memory; one of any size is always held. */
const MAXIMUM_HELD_BYTES = 64 << 20
/** No scraper of good faith takes longer: Prometheus's default time-out is 10 s. */
const LONGEST_ANSWER_MS = 60_000

/**
 * Bodies that are being read. Readers that dawdle must not fill the memory: the oldest bodies go first, and with them
 * whoever still reads them.
 */
export class HeldAnswers {
  /** The oldest first. */
  readonly #readers = new Map<Buffer, Set<ServerResponse>>()
  readonly #maximumBytes: number

  constructor(maximumBytes = MAXIMUM_HELD_BYTES) {
    this.#maximumBytes = maximumBytes
  }

  /** Sends `body`, which several answers may share. */
  send(response: ServerResponse, body: Buffer): void {
    const readers = this.#readers.get(body) ?? new Set()
    this.#readers.set(body, readers)
    readers.add(response)
    const late = setTimeout(() => response.destroy(), LONGEST_ANSWER_MS)
    late.unref()
    response.on('close', () => {
      clearTimeout(late)
      readers.delete(response)
      if (readers.size === 0 && this.#readers.get(body) === readers) this.#readers.delete(body)
    })
    this.#makeRoom(body)
    response.end(body)
  }

  #makeRoom(newest: Buffer): void {
    let held = 0
    for (const body of this.#readers.keys()) held += body.length
    for (const [body, readers] of this.#readers) {
      if (held <= this.#maximumBytes || body === newest) return
      held -= body.length
      this.#readers.delete(body)
      for (const response of readers) response.destroy()
    }
  }
}
