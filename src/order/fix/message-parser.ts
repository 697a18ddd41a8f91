import { isDataAfter } from './data-fields.js'
import type { FixField, FixMessage } from './raw-message.js'

/** Longest message that is read, in bytes. */
export const MAXIMUM_MESSAGE_BYTES = 1024 * 1024

/** What stands at a place of a log where a message begins; `end` is where reading goes on. */
export type Parsed =
  | { readonly kind: 'message'; readonly message: FixMessage; readonly end: number }
  | { readonly kind: 'unreadable'; readonly error: string; readonly end: number }
  /** More of the log is needed to tell. */
  | { readonly kind: 'incomplete' }

const INCOMPLETE = { kind: 'incomplete' } as const
/** Where a message begins: no digit before it, else it is the end of another tag. */
export const MESSAGE_START = /(?<![0-9])8=FIX/
/** Behind what may be a part of a value as well. */
const TAG_NEXT = '(?=[0-9]{1,9}=)'
/**
 * What stands between fields: SOH, a character for it, or how programs write an SOH that can't be seen (`^A` cat -v,
 * `#001` rsyslog, `\\001` and `\\x01` printf and repr, `␁` terminals, in UTF-8). The longer before the shorter.
 */
const SEPARATORS = [
  '\u0001',
  ` \\| ${TAG_NEXT}`,
  ` \\|${TAG_NEXT}`,
  `\\| ${TAG_NEXT}`,
  '\\|',
  `\\^A${TAG_NEXT}`,
  '\\^',
  '<SOH>',
  '\\[SOH\\]',
  '\\\\x01',
  '\\\\u0001',
  '\\\\001',
  '#001',
  '\u00e2\u0090\u0081',
  ` ${TAG_NEXT}`,
  // tcpdump -A
  `\\.${TAG_NEXT}`,
].join('|')
const BEGIN_STRING = new RegExp(`8=(FIX[.\\w]{0,24})(${SEPARATORS})`, 'y')
const BODY_LENGTH = /9=([0-9]{1,9})/y
const TAG = /([0-9]{1,9})=/y
/** A CheckSum: three digits, and then no fourth, unless the next message follows at once. */
const CHECK_SUM = /10=[0-9]{3}(?![0-9])|10=[0-9]{3}(?=8=FIX)/y
/** Begins a line of a log, not of a message that goes on: a time stamp, or the header of a screen log. */
const LOG_LINE = /[ \t]*[<[(]?(?:[0-9]{4}[-/]?[0-9]{2}[-/]?[0-9]{2}[-T ][0-9]{2}:|[0-9]{2}:[0-9]{2}:[0-9]{2})/y
/** How another message begins, as opposed to a value that merely names one. */
const NEXT_MESSAGE = new RegExp(`8=FIX[.\\w]{0,24}(?:${SEPARATORS})9=[0-9]+(?:${SEPARATORS})35=`)
/** The CheckSum of a message on a later line. */
const LATER_CHECK_SUM = new RegExp(`(?:^|${SEPARATORS}|\n)10=[0-9]{3}(?![0-9])`)

/** Free text: it alone is expected to hold the separator of a `|` log. */
const freeText: ReadonlySet<number> = new Set([58, 1328, 148, 147])
/** Fields of order messages whose values never hold a separator: a stray piece after them belongs to the text before. */
const plainFields: ReadonlySet<number> = new Set([
  6, 14, 20, 31, 32, 34, 35, 36, 38, 39, 40, 44, 52, 54, 59, 60, 99, 102, 103, 150, 151, 152, 378, 434, 636, 851,
])

/**
 * Reads the message that begins at `start`. Where its BodyLength leads to a CheckSum, all between is the message,
 * whatever it holds; else it is read field by field, to its CheckSum, or to the end of the line when the next message
 * comes first.
 */
export function parseMessage(log: string, start: number, atEnd: boolean): Parsed {
  const begin = matchAt(BEGIN_STRING, log, start)
  if (!atEnd && (begin === null ? log.length - start < 40 : start + begin[0].length >= log.length)) return INCOMPLETE
  if (begin === null) {
    return { kind: 'unreadable', error: 'no field separator (SOH, | or ^) after BeginString (8)', end: start + 5 }
  }
  const separator = begin[2]!
  const parser = new FieldParser(log, start, separator, atEnd)
  const limit = parser.trailer(start + begin[0].length)
  if (limit === 'unknown') return INCOMPLETE
  return parser.parse(limit)
}

class FieldParser {
  readonly #log: string
  readonly #start: number
  readonly #separator: string
  readonly #atEnd: boolean
  readonly #fields: FixField[] = []

  constructor(log: string, start: number, separator: string, atEnd: boolean) {
    this.#log = log
    this.#start = start
    this.#separator = separator
    this.#atEnd = atEnd
  }

  /** Where the CheckSum begins by BodyLength; `undefined` when none begins there. */
  trailer(afterBegin: number): number | undefined | 'unknown' {
    if (!this.#atEnd && this.#log.length - afterBegin < 16) return 'unknown'
    // `^A` and `<SOH>` are several characters for one byte: lengths don't lead anywhere
    const told = this.#separator.length === 1 ? matchAt(BODY_LENGTH, this.#log, afterBegin) : null
    const length = Number(told?.[1])
    if (told === null || length > MAXIMUM_MESSAGE_BYTES) return undefined
    const place = afterBegin + told[0].length + 1 + length
    if (place + 11 > this.#log.length && !this.#atEnd) return 'unknown'
    const isTrailer = this.#log[place - 1] === this.#separator && matchAt(CHECK_SUM, this.#log, place) !== null
    return isTrailer ? place : undefined
  }

  parse(trailer: number | undefined): Parsed {
    let place = this.#start
    for (;;) {
      if (trailer !== undefined && place >= trailer) return this.#finish(this.#takeCheckSum(place))
      if (trailer === undefined) {
        const ended = this.#endsAt(place)
        if (ended === undefined) return INCOMPLETE
        if (ended !== false) return this.#finish(ended)
        // line feeds between two fields are no part of either
        if (this.#isLineEnd(place)) {
          place = this.#afterLineEnd(place)
          continue
        }
      }
      const next = this.#takeField(place, trailer)
      if (next === undefined) return INCOMPLETE
      place = next
    }
  }

  /** Reads one field and gives the place after it; `undefined` when more of the log is needed. */
  #takeField(place: number, trailer: number | undefined): number | undefined {
    const tag = matchAt(TAG, this.#log, place)
    if (tag === null && !this.#atEnd && this.#log.length - place < 10) return undefined
    if (tag?.[1] === '10' && trailer === undefined && matchAt(CHECK_SUM, this.#log, place) !== null) {
      return this.#takeCheckSum(place)
    }
    const valueStart = place + (tag?.[0].length ?? 0)
    let end = tag === null ? undefined : this.#dataEnd(Number(tag[1]), valueStart, trailer)
    if (end === null) return undefined
    if (end === undefined && trailer === undefined) {
      end = this.#valueEnd(valueStart, tag?.[1] === '10')
      if (end === undefined) return undefined
      const next = this.#nextMessageIn(place, end)
      if (next !== undefined && next < valueStart) return this.#cutAt(place, next)
      end = next ?? end
    }
    end ??= this.#separatorFrom(valueStart)
    if (tag === null) this.#join(this.#log.slice(place, end))
    else {
      const written = this.#log.slice(valueStart, end)
      const value = this.#separator.length === 1 ? written : written.replaceAll(this.#separator, '\u0001')
      this.#fields.push({ tag: Number(tag[1]), bytes: `${tag[0]}${value}`, value, joined: false })
    }
    return this.#afterSeparator(end)
  }

  /** Where, in a message that was cut off, the next one was written right behind it. */
  #nextMessageIn(place: number, end: number): number | undefined {
    // the message itself begins the same
    const from = Math.max(place, this.#start + 1)
    if (this.#indexIn('8=FIX', from, end + 4) === -1) return undefined
    const next = NEXT_MESSAGE.exec(this.#log.slice(from, end + 32))
    return next === null || from + next.index >= end ? undefined : from + next.index
  }

  #cutAt(place: number, next: number): number {
    this.#join(this.#log.slice(place, next))
    return next
  }

  /** The end of a data field by its length; `undefined` when it is none, `null` when more of the log is needed. */
  #dataEnd(tag: number, valueStart: number, trailer: number | undefined): number | undefined | null {
    const before = this.#fields.at(-1)
    if (before === undefined || !isDataAfter(tag, before.tag) || !/^[0-9]{1,7}$/.test(before.value)) return undefined
    const end =
      this.#separator.length === 1 ? valueStart + Number(before.value) : this.#wideEnd(valueStart, Number(before.value))
    if (trailer !== undefined) {
      // engines that count characters instead of bytes are off: then the next separator ends it
      return end < trailer && this.#isSeparator(end) ? end : undefined
    }
    if (end + 2 > this.#log.length && !this.#atEnd) return null
    return this.#isSeparator(end) ? end : undefined
  }

  /** The end of so many bytes where several characters stand for one SOH. */
  #wideEnd(from: number, bytes: number): number {
    let end = from
    for (let count = 0; count < bytes && end < this.#log.length; count++)
      end += this.#isSeparator(end) ? this.#separator.length : 1
    return end
  }

  /** The end of a value by the next separator, or by the line that ends the message first. */
  #valueEnd(valueStart: number, isCheckSum: boolean): number | undefined {
    const separator = this.#log.indexOf(this.#separator, valueStart)
    const lineFeed = this.#indexIn('\n', valueStart, separator === -1 ? this.#log.length : separator)
    if (separator === -1 && !this.#atEnd && this.#log.length - this.#start <= MAXIMUM_MESSAGE_BYTES) {
      // more may come, unless the line and with it the message is over
      if (lineFeed === -1 || !isCheckSum) return undefined
    }
    const end = separator === -1 ? this.#log.length : separator
    if (lineFeed !== -1 && lineFeed < end) {
      const goesOn = isCheckSum ? false : this.#goesOnAfter(lineFeed)
      if (goesOn === undefined) return undefined
      if (!goesOn) return this.#log[lineFeed - 1] === '\r' ? Math.max(valueStart, lineFeed - 1) : lineFeed
    }
    return end
  }

  /**
   * Where the message is over: at a place before a field. `false` when it isn't over, `undefined` when more of the
   * log is needed.
   */
  #endsAt(place: number): number | false | undefined {
    if (place > this.#start && this.#log.length - place < 10 && !this.#atEnd) {
      // a message that is whole need not wait for what comes next
      if (this.#fields.at(-1)?.tag !== 10 || !this.#isLineEnd(place)) return undefined
    }
    if (place >= this.#log.length) return place
    if (place > this.#start && this.#log.startsWith('8=FIX', place)) return place
    const lineEnd = this.#isLineEnd(place)
    if (this.#fields.at(-1)?.tag === 10) {
      // a resent message may have kept its old CheckSum in the body
      return !lineEnd && matchAt(TAG, this.#log, place) !== null ? false : place
    }
    if (!lineEnd) return false
    const goesOn = this.#goesOnAfter(place)
    return goesOn === undefined ? undefined : goesOn ? false : place
  }

  /** Whether a message without CheckSum so far has one on a later line, before another message begins. */
  #goesOnAfter(lineEnd: number): boolean | undefined {
    const from = this.#afterLineEnd(lineEnd)
    if (this.#log.length - from < 24 && !this.#atEnd) return undefined
    if (matchAt(LOG_LINE, this.#log, from) !== null) return false
    const rest = this.#log.slice(from, this.#start + MAXIMUM_MESSAGE_BYTES)
    const next = rest.search(MESSAGE_START)
    if ((next === -1 ? rest : rest.slice(0, next)).search(LATER_CHECK_SUM) !== -1) return true
    return next === -1 && !this.#atEnd ? undefined : false
  }

  #takeCheckSum(place: number): number {
    const value = this.#log.slice(place + 3, place + 6)
    this.#fields.push({ tag: 10, bytes: `10=${value}`, value, joined: false })
    return this.#afterSeparator(place + 6)
  }

  /** A piece that is no field belongs to the value before it, which holds the separator. */
  #join(piece: string): void {
    let index = this.#fields.length - 1
    if (piece === '' && index >= 0 && !freeText.has(this.#fields[index]!.tag)) return
    if (this.#separator !== '.' && plainFields.has(this.#fields[index]?.tag ?? 0)) {
      const text = this.#fields.findLastIndex(field => freeText.has(field.tag))
      if (text !== -1) index = text
    }
    const parts = this.#fields.splice(index)
    const bytes = [...parts.map(field => field.bytes), piece].join(this.#separator)
    const field = parts[0]!
    const value = bytes.slice(field.bytes.length - field.value.length)
    this.#fields.push({ tag: field.tag, bytes, value, joined: true })
  }

  #finish(end: number): Parsed {
    const message = { separator: this.#separator, fields: this.#fields }
    const error = unreadable(this.#fields)
    return error === undefined ? { kind: 'message', message, end } : { kind: 'unreadable', error, end }
  }

  #separatorFrom(place: number): number {
    const end = this.#log.indexOf(this.#separator, place)
    return end === -1 ? this.#log.length : end
  }

  /** Where `text` is between two places; a search in the whole log might go far beyond. */
  #indexIn(text: string, from: number, end: number): number {
    const index = this.#log.slice(from, end).indexOf(text)
    return index === -1 ? -1 : from + index
  }

  #isSeparator(place: number): boolean {
    return this.#log.startsWith(this.#separator, place)
  }

  #afterSeparator(place: number): number {
    return this.#isSeparator(place) ? place + this.#separator.length : place
  }

  #isLineEnd(place: number): boolean {
    return this.#log[place] === '\n' || (this.#log[place] === '\r' && this.#log[place + 1] === '\n')
  }

  #afterLineEnd(place: number): number {
    return this.#log[place] === '\r' ? place + 2 : place + 1
  }
}

/** Why the fields of what looked like a message are none; `undefined` when they are. */
function unreadable(fields: readonly FixField[]): string | undefined {
  if (fields.length < 2) return 'no tag=value fields after BeginString (8)'
  const told = fields.find(field => field.tag === 9)?.value
  const isWhole = fields.at(-1)!.tag === 10
  if (!isWhole && told !== undefined && /^[0-9]{1,9}$/.test(told)) {
    const there = bodyLength(fields)
    if (there < Number(told)) return `cut off: BodyLength (9) says ${told} bytes, ${there} are there`
  }
  const type = fields.find(field => field.tag === 35)?.value
  if (type === undefined || type === '') return isWhole ? 'no MsgType (35)' : 'cut off before its MsgType (35)'
  return undefined
}

/** Bytes from the field after BodyLength to the one before CheckSum, each with its separator. */
export function bodyLength(fields: readonly FixField[]): number {
  const first = fields.findIndex(field => field.tag === 9) + 1
  const last = fields.at(-1)?.tag === 10 ? fields.length - 1 : fields.length
  let length = 0
  for (let index = first; index < last; index++) length += fields[index]!.bytes.length + 1
  return length
}

function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place
  return pattern.exec(text)
}
