import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { OtlpSignalConfig } from '../../channel/export-config.js'
import type { OtlpSender, SendResult } from './attempt.js'
import { describeFailure, SilentPeerError, TimeoutError } from './connection-failure.js'
import { type GrpcMetadata, judgeStatus } from './grpc-status.js'
import { parsePartialSuccess } from './response.js'
import { tlsOptions } from './tls-files.js'

/*
 * One unary call over Node's HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). @grpc/grpc-js
 * would add a backoff of its own below ours, so that a drain finds a collector down that is up again; it tells
 * failures as text, where the sentences here want codes; it holds an application's loop while a call is under way;
 * and it takes 11 MB and 55 ms to load, where node:http2 takes 3 MB and 8 ms. The tests speak to its server.
 */

/** What is kept of an answer; no collector has more to say. */
const MAXIMUM_RESPONSE_BYTES = 64 * 1024
/** Smaller bodies aren't worth the compression. */
const MINIMUM_GZIP_BYTES = 1024
/** Flag and length of a message. */
const PREFIX_BYTES = 5
/** Headers that HTTP/2 doesn't have (https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2). */
const CONNECTION_HEADERS = [
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]

const compress = promisify(gzip)
const untraced = suppressTracing(ROOT_CONTEXT)

/** A sender by OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc). `node:http2` is loaded here, when it is wanted. */
export function createGrpcSender(config: OtlpSignalConfig): OtlpSender {
  const { connect } = process.getBuiltinModule('node:http2')
  const url = new URL(config.url)
  const tls = url.protocol === 'https:' ? tlsOptions(config) : {}
  const fixedHeaders = headersOf(config, url)
  let connection: Connection | undefined
  let closed = false

  function connected(): Connection {
    if (connection === undefined) {
      // in the application's loop an export that is traced would be exported for ever
      const session = context.with(untraced, () => connect(url.origin, tls))
      const opened = new Connection(session, () => {
        if (connection === opened) connection = undefined
      })
      connection = opened
    }
    return connection
  }

  async function send(body: Uint8Array, timeoutMs = config.timeoutMs): Promise<SendResult> {
    const boundMs = Math.min(timeoutMs, config.timeoutMs)
    try {
      const gzipped = config.compression === 'gzip' && body.length >= MINIMUM_GZIP_BYTES
      const message = gzipped ? await compress(body, { level: 1 }) : body
      if (closed) return { outcome: 'retry', error: 'was closed' }
      const headers = {
        ...fixedHeaders,
        'grpc-timeout': `${Math.min(Math.ceil(boundMs), 99_999_999)}m`,
        ...(gzipped && { 'grpc-encoding': 'gzip' }),
      }
      return judge(await connected().call(headers, framed(message, gzipped), boundMs))
    } catch (error) {
      return describeFailure(error as NodeJS.ErrnoException, config, timeoutMs)
    }
  }

  return {
    config,
    send,
    close() {
      closed = true
      connection?.destroy()
    },
  }
}

function headersOf(config: OtlpSignalConfig, url: URL): OutgoingHttpHeaders {
  for (const name of Object.keys(config.headers)) {
    if (CONNECTION_HEADERS.includes(name.toLowerCase())) {
      throw new Error(`gRPC can't carry the header ${name}; take it out of OTEL_EXPORTER_OTLP_HEADERS`)
    }
  }
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    'user-agent': 'orderscope-otlp-exporter',
    ...(user !== ':' && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
    ...config.headers,
    ':method': 'POST',
    ':path': url.pathname,
    'content-type': 'application/grpc',
    te: 'trailers',
  }
}

/** A message with its prefix, which is the whole body of a unary call. */
function framed(message: Uint8Array, gzipped: boolean): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length)
  frame[0] = gzipped ? 1 : 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, PREFIX_BYTES)
  return frame
}

interface Answer {
  readonly httpStatus: number
  /** Trailers, and what stands in the headers of an answer that has only them. */
  readonly metadata: GrpcMetadata
  readonly body: Buffer
}

function judge({ httpStatus, metadata, body }: Answer): SendResult {
  const type = String(metadata['content-type'] ?? '')
  if (metadata['grpc-status'] === undefined && type.startsWith('application/grpc')) throw new Error('cut its answer')
  const failure = judgeStatus(httpStatus, metadata)
  if (failure !== undefined) return failure
  // compressed answers weren't asked for
  const message = body.length > PREFIX_BYTES ? body.subarray(PREFIX_BYTES) : Buffer.alloc(0)
  const partial = parsePartialSuccess(message, 'application/x-protobuf')
  return { outcome: 'accepted', status: 0, ...(partial !== undefined && { partial }) }
}

/** One HTTP/2 connection and the calls on it. `onUnusable` is called once, when it takes no further ones. */
class Connection {
  readonly #session: ClientHttp2Session
  readonly #onUnusable: () => void
  #failure: Error | undefined
  /** It has shown that it speaks HTTP/2. */
  #hasSpoken = false
  #calls = 0
  #retired = false

  constructor(session: ClientHttp2Session, onUnusable: () => void) {
    this.#session = session
    this.#onUnusable = onUnusable
    // in the application's loop only a drain holds the process, and no longer than its bound
    session.unref()
    session.on('remoteSettings', () => (this.#hasSpoken = true))
    session.on('error', error => (this.#failure = error))
    session.on('goaway', () => this.#retire())
    session.on('close', () => this.#retire())
  }

  async call(headers: OutgoingHttpHeaders, body: Buffer, timeoutMs: number): Promise<Answer> {
    this.#calls++
    try {
      return await exchange(this.#session.request(headers), body, timeoutMs)
    } catch (error) {
      // it may be half open: the next call deserves another one
      if (error instanceof TimeoutError) this.#retire()
      const cause = this.#failure ?? causeOf(error as Error)
      throw cause instanceof SilentPeerError && this.#hasSpoken ? new Error('no answer') : cause
    } finally {
      this.#calls--
      if (this.#retired && this.#calls === 0) this.destroy()
    }
  }

  destroy(): void {
    this.#session.destroy()
  }

  #retire(): void {
    if (this.#retired) return
    this.#retired = true
    this.#onUnusable()
    if (this.#calls === 0) this.destroy()
  }
}

/** A call that waited for a connection that failed says only that it was canceled. */
function causeOf(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error
}

function exchange(stream: ClientHttp2Stream, body: Buffer, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // of the whole exchange, also when the collector answers a byte a second
    const timer = setTimeout(() => {
      reject(new TimeoutError())
      stream.close()
    }, timeoutMs)
    timer.unref()
    let headers: IncomingHttpHeaders | undefined
    let trailers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    let size = 0
    stream.on('response', received => (headers = received))
    stream.on('trailers', received => (trailers = received))
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAXIMUM_RESPONSE_BYTES) chunks.push(chunk)
    })
    stream.on('error', reject)
    stream.on('close', () => {
      clearTimeout(timer)
      if (headers === undefined) reject(new SilentPeerError())
      else
        resolve({
          httpStatus: Number(headers[':status']),
          metadata: { ...headers, ...trailers },
          body: Buffer.concat(chunks),
        })
    })
    stream.end(body)
  })
}
