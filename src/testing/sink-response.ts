import type { ServerResponse } from 'node:http'
import { ProtobufWriter } from '../channel/protobuf-writer.js'

/** Records that a sink says it refused of a request that it took. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

const rejectedNames = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' } as const

/** Answers in the form of the request, as the specification wants. */
export function sendSuccess(
  response: ServerResponse,
  status: number,
  isJson: boolean,
  signal: keyof typeof rejectedNames,
  partial: PartialSuccess | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (isJson) {
    const value =
      partial === undefined
        ? {}
        : { partialSuccess: { [rejectedNames[signal]]: String(partial.rejected), errorMessage: partial.message } }
    send(response, status, 'application/json', JSON.stringify(value), headers)
    return
  }
  const writer = new ProtobufWriter()
  if (partial !== undefined) {
    const mark = writer.beginMessage(1)
    writer.int64(1, partial.rejected)
    writer.string(2, partial.message)
    writer.endMessage(mark)
  }
  send(response, status, 'application/x-protobuf', writer.bytes.slice(0, writer.length), headers)
}

/** A `google.rpc.Status` with a sentence. */
export function sendError(
  response: ServerResponse,
  status: number,
  isJson: boolean,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  // INVALID_ARGUMENT or INTERNAL of google.rpc.Code
  const code = status < 500 ? 3 : 13
  if (isJson) {
    send(response, status, 'application/json', JSON.stringify({ code, message }), headers)
    return
  }
  const writer = new ProtobufWriter()
  writer.uint(1, code)
  writer.string(2, message)
  send(response, status, 'application/x-protobuf', writer.bytes.slice(0, writer.length), headers)
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { 'Content-Type': type, ...headers })
  response.end(body)
}
