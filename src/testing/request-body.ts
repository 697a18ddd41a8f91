import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Message, otlpMessage } from '../channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage, ProtobufError } from '../channel/protobuf-reader.js'
import { MalformedBodyError, readJsonMessage } from './json-request.js'

/** What a sink takes, compressed or not. */
const MAXIMUM_BODY_BYTES = 64 << 20

const decompress = promisify(gunzip)

/** Status and sentence for a request that can't be taken. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a path takes. */
export const signalMessages = {
  '/v1/traces': otlpMessage('ExportTraceServiceRequest'),
  '/v1/metrics': otlpMessage('ExportMetricsServiceRequest'),
  '/v1/logs': otlpMessage('ExportLogsServiceRequest'),
} as const

/** The bytes of a request's body as they came. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAXIMUM_BODY_BYTES) throw new RefusedError(413, `The body is larger than ${MAXIMUM_BODY_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Decodes a body. @throws {RefusedError} saying what is wrong with it. */
export async function decodeBody(
  body: Buffer,
  headers: IncomingMessage['headers'],
  message: Message,
): Promise<DecodedMessage> {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const isJson = type === 'application/json'
  if (!isJson && type !== 'application/x-protobuf') {
    throw new RefusedError(415, `Content-Type is "${type}"; application/x-protobuf or application/json is taken.`)
  }
  const bytes = await decoded(body, headers['content-encoding'])
  let decodedMessage: DecodedMessage
  try {
    decodedMessage = isJson
      ? readJsonMessage(JSON.parse(bytes.toString('utf8')), message)
      : decodeMessage(bytes, message)
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof MalformedBodyError)
      throw new RefusedError(400, error.message)
    throw new RefusedError(400, `The body is not JSON: ${(error as Error).message}.`)
  }
  checkIds(decodedMessage)
  return decodedMessage
}

async function decoded(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') throw new RefusedError(415, `Content-Encoding is "${encoding}"; gzip is taken.`)
  try {
    return await decompress(body, { maxOutputLength: MAXIMUM_BODY_BYTES })
  } catch (error) {
    throw new RefusedError(400, `The body is not gzip: ${(error as Error).message}.`)
  }
}

/** A collector refuses ids of another length, too. */
function checkIds(request: DecodedMessage): void {
  for (const [outer, inner, records] of [
    ['resourceSpans', 'scopeSpans', 'spans'],
    ['resourceLogs', 'scopeLogs', 'logRecords'],
  ] as const) {
    for (const resource of (request[outer] ?? []) as DecodedMessage[]) {
      for (const scope of (resource[inner] ?? []) as DecodedMessage[]) {
        for (const record of (scope[records] ?? []) as DecodedMessage[]) {
          checkId(record, 'traceId', 32, outer === 'resourceSpans')
          checkId(record, 'spanId', 16, outer === 'resourceSpans')
          checkId(record, 'parentSpanId', 16, false)
        }
      }
    }
  }
}

function checkId(record: DecodedMessage, name: string, digits: number, required: boolean): void {
  const id = (record[name] ?? '') as string
  if (id.length === digits || (id === '' && !required)) return
  throw new RefusedError(
    400,
    `${name} "${id}" of "${record.name ?? ''}" must have ${digits / 2} bytes, but has ${id.length / 2}.`,
  )
}
