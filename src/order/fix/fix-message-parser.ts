import { dataFieldByLength, singleTags } from './fix-data-fields.js'

/** BeginString and whatever stands between it and the next field: SOH, `|`, `^`, or how an engine writes SOH. */
const BEGIN = /8=(FIXT?\.\d\.\d(?:SP\d)?)(\^A|<SOH>|\\x01|\\u0001|[^0-9A-Za-z.\s]| ?[|;] ?)(?=\d{1,9}=)/y
const TAG = /(\d{1,9})=/y
const LINE_FEED = '\n'
/** How far a line that doesn't end its message is looked beyond. */
const LOOK_AHEAD = 65_536
const SOH = '\u0001'

/** A message as it was read, or why it couldn't be. */
export type ParsedAt =
  | {
      readonly kind: 'message'
      /** Behind the last character of the message. */
      readonly end: number
      readonly fields: [tag: number, value: string][]
      /** What is wrong with BodyLength or CheckSum; the message is whole all the same. */
      readonly remarks: string[]
    }
  | { readonly kind: 'error'; readonly end: number; readonly error: string }
  /** The text ends before the message does. */
  | { readonly kind: 'incomplete' }

/**
 * Reads the message that begins with `8=FIX` at `start`. One character of `text` is one byte of the log (latin1).
 * `isLast`: no more text will come.
 */
export function parseMessageAt(text: string, start: number, isLast: boolean): ParsedAt {
  BEGIN.lastIndex = start
  const begin = BEGIN.exec(text)
  if (begin === null) {
    if (!isLast && text.length - start < 64) return { kind: 'incomplete' }
    return { kind: 'error', end: start + 5, error: 'no separator (SOH, | or ^) after BeginString (8=FIX…)' }
  }
  return new MessageParser(text, start, begin[1]!, begin[2]!, isLast).parse(start + begin[0].length)
}

class MessageParser {
  readonly #text: string
  readonly #start: number
  readonly #separator: string
  readonly #isLast: boolean
  readonly #fields: [number, string][]
  /** Separators that stand inside values: in the original they may have been the printable character itself. */
  #inner = 0
  #separators = 1
  #bodyStart = -1
  #bodyLength: number | undefined = undefined
  #dataTag: number | undefined = undefined
  #dataLength = 0

  constructor(text: string, start: number, beginString: string, separator: string, isLast: boolean) {
    this.#text = text
    this.#start = start
    this.#separator = separator
    this.#isLast = isLast
    this.#fields = [[8, beginString]]
  }

  parse(from: number): ParsedAt {
    const text = this.#text
    let position = from
    for (;;) {
      TAG.lastIndex = position
      const match = TAG.exec(text)
      if (match === null) {
        // at the very end a tag may be cut in two
        if (!this.#isLast && text.length - position < 16) return { kind: 'incomplete' }
        if (position >= text.length || isLineEnd(text, position)) {
          return this.#cut(Math.min(position, text.length), 'it ends without CheckSum (10)')
        }
        const end = this.#valueEnd(position)
        if (typeof end !== 'number') return end
        this.#append(text.slice(position, end))
        position = this.#behind(end)
        continue
      }
      const tag = Number(match[1])
      const valueStart = position + match[0].length
      if (tag === this.#dataTag) {
        const data = this.#data(tag, valueStart)
        if (data === 'incomplete') return { kind: 'incomplete' }
        if (data !== undefined) {
          position = data
          continue
        }
      }
      if (tag === 10) {
        const end = this.#checkSumEnd(valueStart)
        if (end === undefined) return { kind: 'incomplete' }
        if (this.#isEnd(position, end)) return this.#finish(position, valueStart, end)
        this.#fields.push([10, text.slice(valueStart, end)])
        this.#separators++
        position = end + this.#separator.length
        continue
      }
      const end = this.#valueEnd(valueStart)
      if (typeof end !== 'number') return end
      this.#add(tag, text.slice(valueStart, end))
      position = this.#behind(end)
      if (tag === 9 && this.#bodyStart < 0) this.#bodyStart = position
    }
  }

  #behind(end: number): number {
    this.#separators++
    return end + this.#separator.length
  }

  #add(tag: number, value: string): void {
    this.#fields.push([tag, value])
    if (tag === 9 && this.#bodyLength === undefined && /^\d{1,9}$/.test(value)) this.#bodyLength = Number(value)
    const data = dataFieldByLength.get(tag)
    this.#dataTag = data !== undefined && /^\d{1,9}$/.test(value) ? data : undefined
    if (this.#dataTag !== undefined) this.#dataLength = Number(value)
  }

  /** What follows a separator but is no field belongs to the value before it. */
  #append(rest: string): void {
    const last = this.#fields[this.#fields.length - 1]!
    last[1] += this.#separator + rest
    this.#inner++
    this.#dataTag = undefined
  }

  /** Reads a data field by its length; `undefined` when the length can't be right. */
  #data(tag: number, valueStart: number): number | 'incomplete' | undefined {
    const text = this.#text
    const end = valueStart + this.#dataLength
    this.#dataTag = undefined
    if (end + this.#separator.length > text.length && !this.#isLast) {
      this.#dataTag = tag
      return 'incomplete'
    }
    if (!text.startsWith(this.#separator, end)) return undefined
    const value = text.slice(valueStart, end)
    this.#inner += value.split(this.#separator).length - 1
    this.#fields.push([tag, value])
    this.#separators++
    return end + this.#separator.length
  }

  /** Where a value ends: at the separator, beyond line feeds when the message goes on after them. */
  #valueEnd(from: number): number | ParsedAt {
    const text = this.#text
    const end = text.indexOf(this.#separator, from)
    const line = text.indexOf(LINE_FEED, from)
    if (end >= 0 && (line < 0 || end < line)) return end
    if (line < 0) {
      if (!this.#isLast) return { kind: 'incomplete' }
      return this.#cut(text.length, 'it ends without CheckSum (10)')
    }
    // only a message that still has its CheckSum before the next one begins goes on in the next line
    const nextMessage = indexOfBegin(text, line)
    const limit = nextMessage < 0 ? Math.min(text.length, line + LOOK_AHEAD) : nextMessage
    const trailer = text.indexOf(`${this.#separator}10=`, line)
    if (end >= 0 && trailer >= 0 && trailer < limit) return end
    if (nextMessage < 0 && !this.#isLast && text.length - line < LOOK_AHEAD) return { kind: 'incomplete' }
    return this.#cut(line, 'its line ends without CheckSum (10)')
  }

  #cut(end: number, why: string): ParsedAt {
    const type = this.#fields.find(([tag]) => tag === 35)?.[1]
    const name = type === undefined ? 'the message' : `the message (35=${type.slice(0, 8)})`
    return { kind: 'error', end, error: `${name} is cut off: ${why}` }
  }

  /** CheckSum ends at its separator, or with the line; `undefined` when the text ends first. */
  #checkSumEnd(from: number): number | undefined {
    const text = this.#text
    let end = from
    while (end < text.length && end - from < 12 && isDigit(text, end)) end++
    if (end + this.#separator.length + 16 > text.length && !this.#isLast) return undefined
    return end
  }

  /** A resent message may keep an old CheckSum in its body: the last one counts. */
  #isEnd(tagStart: number, valueEnd: number): boolean {
    const text = this.#text
    if (this.#bodyLength !== undefined && this.#bodyStart >= 0) {
      const bodyEnd = this.#bodyStart + this.#bodyLength
      if (bodyEnd === tagStart) return true
      if (
        bodyEnd > tagStart &&
        text.startsWith('10=', bodyEnd) &&
        text.startsWith(this.#separator, bodyEnd - this.#separator.length)
      ) {
        return false
      }
    }
    if (!text.startsWith(this.#separator, valueEnd)) return true
    const next = valueEnd + this.#separator.length
    if (indexOfBegin(text, next) === next) return true
    TAG.lastIndex = next
    return TAG.exec(text) === null
  }

  #finish(tagStart: number, valueStart: number, valueEnd: number): ParsedAt {
    const text = this.#text
    const checkSum = text.slice(valueStart, valueEnd)
    this.#fields.push([10, checkSum])
    const remarks: string[] = []
    this.#checkLength(tagStart, remarks)
    this.#checkSum(tagStart, checkSum, remarks)
    if (this.#separator !== SOH) foldText(this.#fields, this.#separator)
    let end = valueEnd
    if (text.startsWith(this.#separator, end)) end += this.#separator.length
    return { kind: 'message', end, fields: this.#fields, remarks }
  }

  #checkLength(tagStart: number, remarks: string[]): void {
    if (this.#bodyStart < 0) {
      remarks.push('BodyLength (9) is missing')
      return
    }
    const wide = (this.#separator.length - 1) * (this.#separators - 2)
    const length = tagStart - this.#bodyStart - wide
    if (this.#bodyLength !== length) {
      const told = this.#fields.find(([tag]) => tag === 9)?.[1] ?? ''
      remarks.push(`BodyLength (9) is ${told.slice(0, 16)}, the body has ${length} bytes`)
    }
  }

  #checkSum(tagStart: number, told: string, remarks: string[]): void {
    let sum = 0
    const body = this.#text.slice(this.#start, tagStart)
    const plain = this.#separator === SOH ? body : body.replaceAll(this.#separator, SOH)
    for (let index = 0; index < plain.length; index++) sum += plain.charCodeAt(index) & 0xff
    // each separator inside a value may have been that very character on the wire
    const printable = this.#separator.length === 1 ? this.#separator.charCodeAt(0) - 1 : 0
    const checks = this.#inner > 256 || printable === 0 ? 0 : this.#inner
    for (let inner = 0; inner <= checks; inner++) {
      if ((sum + inner * printable) % 256 === Number(told) && told !== '') return
    }
    remarks.push(
      `CheckSum (10) is ${told === '' ? 'empty' : told}, the bytes come to ${String(sum % 256).padStart(3, '0')}`,
    )
  }
}

/** Where the next message begins: `8=FIX` that isn't the end of another tag, such as 58. */
export function indexOfBegin(text: string, from: number): number {
  let index = text.indexOf('8=FIX', from)
  while (index > 0 && isDigit(text, index - 1)) index = text.indexOf('8=FIX', index + 1)
  return index
}

/**
 * What follows Text (58) and repeats a tag that stands elsewhere in the message is part of the text: somebody wrote
 * the separator into it.
 */
function foldText(fields: [number, string][], separator: string): void {
  const textIndex = fields.findIndex(([tag]) => tag === 58)
  if (textIndex < 0) return
  let end = textIndex + 1
  while (end < fields.length && repeatsElsewhere(fields, end, textIndex)) end++
  if (end === textIndex + 1) return
  const text = fields[textIndex]!
  for (const [tag, value] of fields.slice(textIndex + 1, end)) text[1] += `${separator}${tag}=${value}`
  fields.splice(textIndex + 1, end - textIndex - 1)
}

function repeatsElsewhere(fields: readonly [number, string][], at: number, textIndex: number): boolean {
  const tag = fields[at]![0]
  if (!singleTags.has(tag)) return false
  return fields.some(([other], index) => other === tag && (index < textIndex || index > at))
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code >= 0x30 && code <= 0x39
}

function isLineEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code === 0x0a || code === 0x0d || code === 0x29
}
