import type { MessageName } from '../../channel/otlp-schema.js'
import { otlpMessage } from '../../channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage } from '../../channel/protobuf-reader.js'

/** Longer texts of a collector are cut: they go into one line on stderr. */
const MAXIMUM_TEXT = 200
/** A collector that asks for more than this isn't believed. */
export const MAXIMUM_RETRY_AFTER_MS = 5 * 60_000

/** What a collector refused of a request that it took; `undefined` when it took all. The three signals' answers have one form. */
export function parsePartialSuccess(
  body: Buffer,
  contentType: string | undefined,
): { readonly rejected: number; readonly message: string } | undefined {
  const partial = parse(body, contentType, 'ExportTraceServiceResponse')?.partialSuccess as DecodedMessage | undefined
  if (partial === undefined || typeof partial !== 'object' || partial === null) return undefined
  const told = Number(partial.rejectedSpans ?? partial.rejectedLogRecords ?? partial.rejectedDataPoints ?? 0)
  const rejected = Number.isFinite(told) ? Math.max(told, 0) : 0
  const message = cutText(partial.errorMessage)
  return rejected === 0 && message === '' ? undefined : { rejected, message }
}

/** The sentence in the body of an error. */
export function parseStatusMessage(body: Buffer, contentType: string | undefined): string {
  const status = parse(body, contentType, 'Status')
  if (status !== undefined) return cutText(status.message)
  return isText(contentType) ? cutText(body.toString('utf8')) : ''
}

/** `Retry-After` in milliseconds: seconds or a date. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAXIMUM_RETRY_AFTER_MS) : undefined
}

function parse(body: Buffer, contentType: string | undefined, message: MessageName): DecodedMessage | undefined {
  if (body.length === 0) return undefined
  try {
    if (/json/i.test(contentType ?? '')) {
      const value: unknown = JSON.parse(body.toString('utf8'))
      return typeof value === 'object' && value !== null ? (value as DecodedMessage) : undefined
    }
    return /protobuf/i.test(contentType ?? '') ? decodeMessage(body, otlpMessage(message)) : undefined
  } catch {
    return undefined
  }
}

function isText(contentType: string | undefined): boolean {
  return contentType === undefined || /^text\/plain/i.test(contentType)
}

/** What a foreign server says, as a part of one line. */
export function cutText(text: unknown): string {
  if (typeof text !== 'string') return ''
  const line = text.replace(/\s+/g, ' ').trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a foreign server says must not steer a terminal
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, MAXIMUM_TEXT)
}
