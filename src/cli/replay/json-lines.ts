import { textOf } from '../../order/fix/raw-message.js'
import { parseExactJson } from './json-text.js'

/** Longest line that is read, in bytes. */
const MAXIMUM_LINE_BYTES = 1024 * 1024

/** A line that holds JSON, or why it can't be read; `line` from 1. */
export type JsonLine =
  | { readonly line: number; readonly value: unknown; readonly error?: undefined }
  | { readonly line: number; readonly error: string }

/** Reads NDJSON that is handed over piece by piece, one character a byte. Empty lines are passed over. */
export class JsonLineReader {
  #rest = ''
  #line = 0
  /** The current line is longer than any that is read: what comes of it is left out. */
  #tooLong = false;

  *read(bytes: string): Generator<JsonLine> {
    let from = 0
    for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', from)) {
      yield* this.#take(bytes.slice(from, end))
      from = end + 1
    }
    const rest = bytes.slice(from)
    if (this.#rest.length + rest.length > MAXIMUM_LINE_BYTES) {
      this.#tooLong = true
      this.#rest = ''
    } else if (!this.#tooLong) this.#rest += rest
  }

  *end(): Generator<JsonLine> {
    if (this.#rest !== '' || this.#tooLong) yield* this.#take('')
  }

  *#take(end: string): Generator<JsonLine> {
    const bytes = this.#rest + end
    const isTooLong = this.#tooLong || bytes.length > MAXIMUM_LINE_BYTES
    this.#rest = ''
    this.#tooLong = false
    this.#line++
    if (isTooLong) yield { line: this.#line, error: `longer than ${MAXIMUM_LINE_BYTES} bytes` }
    else if (bytes.trim() !== '') yield read(textOf(bytes), this.#line)
  }
}

function read(text: string, line: number): JsonLine {
  try {
    // a byte order mark, as editors leave it, is no part of the first line
    return { line, value: parseExactJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) }
  } catch (error) {
    return { line, error: `no JSON: ${(error as Error).message}` }
  }
}
