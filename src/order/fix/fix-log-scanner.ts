import { indexOfBegin, parseMessageAt } from './fix-message-parser.js'
import { decodeValue } from './fix-text.js'
import { parseFixTime } from './fix-time.js'

/** A message beyond this is none: the scanner must not hold a file in memory. */
const MAXIMUM_MESSAGE = 16 * 1024 * 1024
/** Text kept while no message begins: enough for a time stamp, or a BeginString cut in two. */
const KEPT = 256
/** A line that has fields of a message but not its beginning. */
const HEADLESS = /(?:^|[\s(])(?:9=\d{1,9}[\u0001|^])?35=\w{1,3}[\u0001|^]\d{1,9}=/
const TIME = /\d{8}-\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?|\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,12})?(?:Z|[+-]\d{2}:?\d{2})?/g

/** What a log holds at one place. */
export type FixLogItem =
  | {
      readonly line: number
      /** Of the time stamp in front of the message, milliseconds since 1970. */
      readonly time: number | undefined
      readonly fields: readonly (readonly [tag: number, value: string])[]
      readonly remarks: readonly string[]
    }
  | { readonly line: number; readonly error: string }

/**
 * Finds the FIX messages in a log as engines write it: time stamps or text before a message, a header on the line
 * above it, several messages on a line, one message over several lines, other lines between. Takes the log in
 * pieces, and holds no more of it than one message.
 */
export class FixLogScanner {
  #text = ''
  /** Number of the line that `#text` begins in. */
  #line = 1
  /** The line before, and what of the current one is gone from `#text`. */
  #lineAbove = ''
  #lineHead = ''

  /** Takes the next piece, one character for each byte (latin1), and gives what is complete. */
  push(piece: string): FixLogItem[] {
    this.#text += piece
    return this.#scan(false)
  }

  /** The log has ended. */
  end(): FixLogItem[] {
    return this.#scan(true)
  }

  #scan(isLast: boolean): FixLogItem[] {
    const items: FixLogItem[] = []
    let position = 0
    for (;;) {
      const begin = indexOfBegin(this.#text, position)
      if (begin < 0 || (begin === 0 && position === 0 && /\d$/.test(this.#lineHead))) {
        const from = begin < 0 ? position : begin + 5
        const until = isLast ? this.#text.length : Math.max(from, this.#text.length - KEPT)
        this.#pass(position, until, items)
        position = until
        if (begin < 0) break
        continue
      }
      this.#pass(position, begin, items)
      const parsed = parseMessageAt(this.#text, begin, isLast)
      if (parsed.kind === 'incomplete') {
        position = begin
        if (this.#text.length - begin < MAXIMUM_MESSAGE) break
        items.push({ line: this.#line, error: `a message of more than ${MAXIMUM_MESSAGE} bytes is passed over` })
        this.#pass(begin, begin + 5, items)
        position = begin + 5
        continue
      }
      if (parsed.kind === 'error') {
        items.push({ line: this.#line, error: parsed.error })
      } else {
        const fields = parsed.fields.map(([tag, value]) => [tag, decodeValue(value)] as const)
        items.push({ line: this.#line, time: this.#timeStamp(), fields, remarks: parsed.remarks })
      }
      this.#pass(begin, parsed.end, undefined)
      position = parsed.end
    }
    this.#text = this.#text.slice(position)
    return items
  }

  /** Goes over text that holds no beginning of a message; `items` takes what looks like one without. */
  #pass(from: number, until: number, items: FixLogItem[] | undefined): void {
    let start = from
    for (;;) {
      const feed = this.#text.indexOf('\n', start)
      if (feed < 0 || feed >= until) break
      const line = this.#lineHead + this.#text.slice(start, Math.min(feed, start + 4096))
      if (items !== undefined && HEADLESS.test(line)) {
        items.push({ line: this.#line, error: 'a message without its beginning: BeginString (8=FIX…) is missing' })
      }
      this.#lineAbove = line.slice(0, KEPT)
      this.#lineHead = ''
      this.#line++
      start = feed + 1
    }
    if (start >= until) return
    const rest = this.#text.slice(Math.max(start, until - 4 * KEPT), until)
    // after a message, what stood before it on the line is no time stamp of the next one
    this.#lineHead = items === undefined ? '' : (this.#lineHead + rest).slice(-4 * KEPT)
  }

  /** Of the text before the message, else of the header that an engine puts on the line above. */
  #timeStamp(): number | undefined {
    return lastTimeIn(this.#lineHead) ?? (this.#lineAbove.trimStart().startsWith('<') ? lastTimeIn(this.#lineAbove) : undefined)
  }
}

function lastTimeIn(text: string): number | undefined {
  const found = text.match(TIME)
  return found === null ? undefined : parseFixTime(found[found.length - 1])
}
