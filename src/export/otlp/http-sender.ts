import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { OtlpSignalConfig } from '../../channel/export-config.js'
import type { OtlpSender, SendResult } from './attempt.js'
import { describeFailure, httpAdvice, TimeoutError } from './connection-failure.js'
import { cutText, parsePartialSuccess, parseRetryAfter, parseStatusMessage } from './response.js'
import { tlsOptions } from './tls-files.js'

const RETRYABLE = new Set([429, 502, 503, 504])
/** What is read of an answer; no collector has more to say. */
const MAXIMUM_RESPONSE_BYTES = 64 * 1024
/** Smaller bodies aren't worth the compression. */
const MINIMUM_GZIP_BYTES = 1024

/** How a connection that was closed while nobody used it shows. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE'])

class ClosedMeanwhileError extends Error {}

const compress = promisify(gzip)
const untraced = suppressTracing(ROOT_CONTEXT)

/** A sender by OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export function createHttpSender(config: OtlpSignalConfig): OtlpSender {
  const url = new URL(config.url)
  const secure = url.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4 }
  const newAgent = (more: object) => (secure ? new HttpsAgent({ ...more, ...tlsOptions(config) }) : new HttpAgent(more))
  const agent = newAgent(options)
  const freshAgent = newAgent({ keepAlive: false })
  const contentType = config.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
  const pending = new Set<AbortController>()

  async function send(body: Uint8Array, timeoutMs = config.timeoutMs): Promise<SendResult> {
    const abort = new AbortController()
    pending.add(abort)
    try {
      const gzipped = config.compression === 'gzip' && body.length >= MINIMUM_GZIP_BYTES
      const bytes = gzipped ? await compress(body, { level: 1 }) : body
      const boundMs = Math.min(timeoutMs, config.timeoutMs)
      const response = await post(bytes, gzipped, boundMs, abort.signal).catch(error => {
        // it closed the connection between two requests: that says nothing about this one
        if (error instanceof ClosedMeanwhileError) return post(bytes, gzipped, boundMs, abort.signal, false)
        throw error
      })
      return judge(response.message, response.body, gzipped, config)
    } catch (error) {
      return describeFailure(error as NodeJS.ErrnoException, config, timeoutMs)
    } finally {
      pending.delete(abort)
    }
  }

  function post(
    body: Uint8Array,
    gzipped: boolean,
    timeoutMs: number,
    abort: AbortSignal,
    reuse = true,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = {
        'user-agent': 'orderscope-otlp-exporter',
        ...config.headers,
        'content-type': contentType,
        'content-length': body.length,
      }
      if (gzipped) headers['content-encoding'] = 'gzip'
      const options = { method: 'POST', agent: reuse ? agent : freshAgent, headers, signal: abort }
      // in the application's loop an export that is traced would be exported for ever
      const request = context.with(untraced, () => (secure ? requestHttps : requestHttp)(url, options))
      // of the whole exchange, also when the collector answers a byte a second
      const timer = setTimeout(() => request.destroy(new TimeoutError()), timeoutMs)
      // like the socket: in the application's loop only a drain holds the process, and no longer than its bound
      timer.unref()
      request.on('socket', socket => socket.unref())
      let isAnswered = false
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer)
        const isClosed = reuse && request.reusedSocket && !isAnswered && CLOSED.has(error.code ?? '')
        reject(isClosed ? new ClosedMeanwhileError() : error)
      })
      request.on('response', message => {
        isAnswered = true
        readBody(message).then(
          text => {
            clearTimeout(timer)
            resolve({ message, body: text })
          },
          error => {
            clearTimeout(timer)
            reject(error)
          },
        )
      })
      request.end(body)
    })
  }

  return {
    config,
    send,
    close() {
      for (const abort of pending) abort.abort()
      agent.destroy()
      freshAgent.destroy()
    },
  }
}

interface Response {
  readonly message: IncomingMessage
  readonly body: Buffer
}

function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAXIMUM_RESPONSE_BYTES) {
        chunks.push(chunk)
        return
      }
      // the status has been told; the rest isn't worth reading
      message.destroy()
      resolve(Buffer.concat(chunks))
    })
    message.on('end', () => resolve(Buffer.concat(chunks)))
    message.on('error', reject)
    message.on('close', () => resolve(Buffer.concat(chunks)))
  })
}

function judge(message: IncomingMessage, body: Buffer, gzipped: boolean, config: OtlpSignalConfig): SendResult {
  const status = message.statusCode ?? 0
  if (status >= 200 && status < 300) {
    const partial = parsePartialSuccess(body, message.headers['content-type'])
    return { outcome: 'accepted', status, ...(partial === undefined ? {} : { partial }) }
  }
  const said = parseStatusMessage(body, message.headers['content-type'])
  const error = `answered HTTP ${status}${said === '' ? '' : ` (${said})`}${hint(status, gzipped, message.headers.location, config)}`
  if (!RETRYABLE.has(status)) return { outcome: 'rejected', status, error, ...(status === 413 && { tooLarge: true }) }
  const retryAfterMs = parseRetryAfter(message.headers['retry-after'])
  return { outcome: 'retry', status, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

function hint(status: number, gzipped: boolean, location: string | undefined, config: OtlpSignalConfig): string {
  // followed it would carry the headers, which may be secrets, to wherever it says
  if (location !== undefined && status >= 300 && status < 400) {
    return `; it says that it is at ${cutText(location)}: write that address`
  }
  if (status === 415 && gzipped) return '; does it take gzip? OTEL_EXPORTER_OTLP_COMPRESSION=none sends as it is'
  if (status === 415) return `; is it a gRPC port? ${httpAdvice}`
  if (status === 404) return `; nothing takes this signal at ${new URL(config.url).pathname}`
  return status === 401 || status === 403 ? '; look at OTEL_EXPORTER_OTLP_HEADERS' : ''
}
