import type { ChannelWriter } from './writer.js'

/** Where log records can be written as bytes at once, without an object for each and without the API between. */
export interface RecordSink {
  readonly writer: ChannelWriter
  /** Characters of a text value. */
  readonly maximumValueLength: number
}

/** Shared by every copy of this package in a process. */
const KEY = Symbol.for('orderscope.log.sink')

/** Says of a logger provider that all that its records come to is this sink; `undefined`: no order logs are wanted. */
export function setRecordSink(loggerProvider: object, sink: RecordSink | undefined): void {
  Object.defineProperty(loggerProvider, KEY, { value: sink ?? null })
}

/** The sink of a logger provider; `null` when no order logs are wanted; `undefined` for anyone else's. */
export function recordSinkOf(loggerProvider: object): RecordSink | null | undefined {
  return (loggerProvider as { [KEY]?: RecordSink | null })[KEY]
}
