import type { CliIo } from '../io.js'

const PIECE_LENGTH = 32 * 1024

/** Writes in pieces, and waits while the reader of a pipe is behind: a large log must not pile up in memory. */
export class Output {
  readonly #stream: CliIo['stdout']
  #waiting = ''

  constructor(stream: CliIo['stdout']) {
    this.#stream = stream
  }

  /** A promise only when there is something to wait for. */
  write(text: string): Promise<void> | undefined {
    this.#waiting += text
    return this.#waiting.length < PIECE_LENGTH ? undefined : this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#waiting
    this.#waiting = ''
    if (text === '' || this.#stream.write(text) !== false || !hasDrain(this.#stream)) return
    const stream = this.#stream
    await new Promise<void>(resolve => stream.once('drain', () => resolve()))
  }
}

function hasDrain(stream: object): stream is { once(event: 'drain', listener: () => void): unknown } {
  return typeof (stream as { once?: unknown }).once === 'function'
}
