import { otlpMessage } from '../../channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage } from '../../channel/protobuf-reader.js'
import type { SendResult } from './attempt.js'
import { grpcAdvice } from './connection-failure.js'
import { cutText, MAXIMUM_RETRY_AFTER_MS } from './response.js'

/** By number (https://grpc.io/docs/guides/status-codes/). */
const names = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const
type StatusName = (typeof names)[number]

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE = new Set<StatusName>([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
])
/** What an answer without `grpc-status` means (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md). */
const byHttpStatus: Readonly<Record<number, StatusName>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

/** Headers or trailers. */
export type GrpcMetadata = Readonly<Record<string, string | readonly string[] | undefined>>

/** What an answer that isn't OK means for the request; `undefined` when it is OK. */
export function judgeStatus(httpStatus: number, metadata: GrpcMetadata): SendResult | undefined {
  const told = textOf(metadata['grpc-status'])
  if (told === undefined) return judgeHttp(httpStatus)
  const status = Number(told)
  if (status === 0) return undefined
  const name = names[status] ?? 'UNKNOWN'
  const message = cutText(decoded(textOf(metadata['grpc-message']) ?? ''))
  const error = `answered gRPC ${name}${message === '' ? '' : ` (${message})`}${hint(name)}`
  const retryAfterMs = retryDelay(textOf(metadata['grpc-status-details-bin']))
  if (RETRYABLE.has(name) || (name === 'RESOURCE_EXHAUSTED' && retryAfterMs !== undefined)) {
    return { outcome: 'retry', status, error, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  // no code of its own: the words of grpc-go, grpc-js and Python's, then those of Java's
  const tooLarge = name === 'RESOURCE_EXHAUSTED' && /larger than max|exceeds maximum/i.test(message)
  return { outcome: 'rejected', status, error, errorType: name, ...(tooLarge && { tooLarge }) }
}

function judgeHttp(httpStatus: number): SendResult {
  const name = byHttpStatus[httpStatus] ?? 'UNKNOWN'
  const status = names.indexOf(name)
  const error = `answered HTTP ${httpStatus} without a status of gRPC; is it an HTTP port? ${grpcAdvice}`
  if (RETRYABLE.has(name)) return { outcome: 'retry', status, error }
  return { outcome: 'rejected', status, error, errorType: name }
}

function hint(name: StatusName): string {
  if (name === 'UNIMPLEMENTED') return '; nothing takes this signal there'
  return name === 'UNAUTHENTICATED' || name === 'PERMISSION_DENIED' ? '; look at OTEL_EXPORTER_OTLP_HEADERS' : ''
}

/** Milliseconds of the `RetryInfo` in a `google.rpc.Status`. */
function retryDelay(details: string | undefined): number | undefined {
  if (details === undefined) return undefined
  try {
    const status = decodeMessage(Buffer.from(details, 'base64'), otlpMessage('Status'))
    const any = ((status.details ?? []) as DecodedMessage[]).find(({ typeUrl }) =>
      String(typeUrl).endsWith('google.rpc.RetryInfo'),
    )
    if (any === undefined) return undefined
    const info = decodeMessage(Buffer.from(String(any.value ?? ''), 'base64'), otlpMessage('RetryInfo'))
    const { seconds = 0, nanos = 0 } = (info.retryDelay ?? {}) as DecodedMessage
    const ms = Number(seconds) * 1000 + Number(nanos) / 1e6
    return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAXIMUM_RETRY_AFTER_MS) : undefined
  } catch {
    return undefined
  }
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

/** `grpc-message` is percent-encoded. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}
