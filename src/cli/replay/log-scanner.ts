import { MAXIMUM_MESSAGE_BYTES, MESSAGE_START, parseMessage } from '../../order/fix/message-parser.js'
import type { LogEntry, LogReader } from './log-entry.js'
import { classify, timeStampIn } from './log-text.js'

/** As much of a line's text as is looked at. */
const MAXIMUM_TEXT = 512
/** What may turn out to be the start of a message when more is read. */
const START_LENGTH = '8=FIX'.length

/**
 * Finds the messages in a log that is handed over piece by piece, one character a byte. Keeps no more of it than one
 * message may be long.
 */
export class LogScanner implements LogReader {
  #log = ''
  #place = 0
  #line = 1
  /** Of the current line: what stands outside messages, and whether one was found. */
  #text = ''
  #lineHasMessage = false
  #lineHasError = false
  /** A message ends right here: what follows begins the next one even behind a digit. */
  #isBehindMessage = false
  /** The time stamp of the header line above, for the message on the next. */
  #headerTime: string | undefined = undefined
  #inBinary = false;

  *read(bytes: string): Generator<LogEntry> {
    this.#log += bytes
    yield* this.#scan(false)
    // one character stays: whether it is a digit says whether a message begins behind it
    const keepFrom = Math.max(0, this.#place - 1)
    this.#log = this.#log.slice(keepFrom)
    this.#place -= keepFrom
  }

  *end(): Generator<LogEntry> {
    yield* this.#scan(true)
    const error = this.#lineError()
    if (error !== undefined) yield error
    this.#log = ''
    this.#place = 0
  }

  *#scan(atEnd: boolean): Generator<LogEntry> {
    const search = new RegExp(MESSAGE_START, 'g')
    for (;;) {
      search.lastIndex = this.#place
      const isNext = this.#isBehindMessage && this.#log.startsWith('8=FIX', this.#place)
      const start = isNext ? this.#place : search.exec(this.#log)?.index
      if (start === undefined) {
        const sure = atEnd ? this.#log.length : Math.max(this.#place, this.#log.length - START_LENGTH + 1)
        yield* this.#skip(sure)
        return
      }
      yield* this.#skip(start)
      const isLong = this.#log.length - start > MAXIMUM_MESSAGE_BYTES
      const parsed = parseMessage(this.#log, start, atEnd || isLong)
      if (parsed.kind === 'incomplete') return
      const line = this.#line
      if (parsed.end - start > MAXIMUM_MESSAGE_BYTES) {
        yield { kind: 'unreadable', line, error: `longer than ${MAXIMUM_MESSAGE_BYTES} bytes` }
        this.#consume(start + START_LENGTH)
      } else if (parsed.kind === 'message') {
        const logTime = timeStampIn(this.#text) ?? this.#headerTime
        yield { kind: 'message', line, message: parsed.message, logTime }
        this.#consume(parsed.end)
      } else {
        if (!this.#lineHasError) yield { kind: 'unreadable', line, error: parsed.error }
        this.#consume(parsed.end)
        this.#lineHasError = true
      }
    }
  }

  /** Goes on to `end` over what belongs to no message. */
  *#skip(end: number): Generator<LogEntry> {
    if (end > this.#place) this.#isBehindMessage = false
    for (;;) {
      const lineFeed = this.#log.indexOf('\n', this.#place)
      const stop = lineFeed === -1 || lineFeed >= end ? end : lineFeed
      if (this.#text.length < MAXIMUM_TEXT) {
        this.#text += this.#log.slice(this.#place, Math.min(stop, this.#place + MAXIMUM_TEXT))
      }
      this.#place = stop
      if (stop === end) return
      const error = this.#lineError()
      if (error !== undefined) yield error
      this.#nextLine()
      this.#place = lineFeed + 1
    }
  }

  /** Goes on to `end` over a message. */
  #consume(end: number): void {
    for (let place = this.#log.indexOf('\n', this.#place); place !== -1 && place < end; ) {
      this.#line++
      this.#text = ''
      this.#lineHasError = false
      place = this.#log.indexOf('\n', place + 1)
    }
    this.#place = end
    this.#isBehindMessage = true
    this.#lineHasMessage = true
    this.#headerTime = undefined
    this.#inBinary = false
  }

  #nextLine(): void {
    this.#line++
    this.#text = ''
    this.#lineHasMessage = false
    this.#lineHasError = false
  }

  /** What is to be said of the current line when it ends. */
  #lineError(): LogEntry | undefined {
    const text = this.#text
    if (this.#lineHasMessage || text.trim() === '') return undefined
    const found = classify(text)
    this.#headerTime = found.kind === 'event' ? found.time : undefined
    if (found.kind === 'event') return undefined
    // binary data has no lines: it is told once, however many line feeds are in it
    if (this.#inBinary) return undefined
    this.#inBinary = found.error.startsWith('binary')
    return { kind: 'unreadable', line: this.#line, error: found.error }
  }
}
