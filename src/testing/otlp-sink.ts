import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DecodedMessage } from '../channel/protobuf-reader.js'
import {
  type ReceivedLog,
  type ReceivedMetric,
  type ReceivedSpan,
  readLogs,
  readMetrics,
  readSpans,
} from './received.js'
import { decodeBody, RefusedError, readBody, signalMessages } from './request-body.js'
import { type PartialSuccess, sendError, sendSuccess } from './sink-response.js'

/** A request that came in. */
export interface SinkRequest {
  readonly signal: 'traces' | 'metrics' | 'logs'
  readonly headers: IncomingMessage['headers']
  /** Bytes on the wire. */
  readonly size: number
  /** How many came before it, of any signal. */
  readonly index: number
}

/**
 * How the sink answers. `never`: it keeps the connection open and is silent; `drop`: it cuts the connection.
 * Records are kept only when the status is 2xx. `partial`: it says that it refused some of them.
 */
export type SinkAnswer =
  | 'never'
  | 'drop'
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly partial?: PartialSuccess
    }

/** What a request brought. */
export type SinkRecords = readonly ReceivedSpan[] | readonly ReceivedMetric[] | readonly ReceivedLog[]

/** Settings of a sink. */
export interface OtlpSinkOptions {
  /** `127.0.0.1` by default. */
  readonly host?: string
  /** 0, any free port, by default. */
  readonly port?: number
  /** It answers so much later. */
  readonly delayMs?: number
  /** Decides on the answer to each request and what it brought; `undefined`: an ordinary 200. */
  readonly respond?: (request: SinkRequest, records: SinkRecords) => SinkAnswer | undefined
  /** Spans, metrics and log records kept, of each; beyond it the oldest go. Default 1,000,000. */
  readonly keep?: number
  /** Base URL of a collector (`http://localhost:4318`) that gets what is kept as well, as it came. */
  readonly forwardTo?: string
  /** What that collector asks for, such as `{ authorization: 'Basic …' }`. */
  readonly forwardHeaders?: Readonly<Record<string, string>>
}

/** A collector for tests: takes OTLP over HTTP and keeps what it got as plain objects. */
export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  readonly port: number
  readonly spans: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
  readonly logs: readonly ReceivedLog[]
  readonly requests: readonly SinkRequest[]
  /** Requests whose body couldn't be understood. */
  readonly malformed: number
  /** Requests that `forwardTo` didn't take. */
  readonly notForwarded: number
  /** The first span of that name, or that fits; waits for it. */
  waitForSpan(wanted: string | ((span: ReceivedSpan) => boolean), timeoutMs?: number): Promise<ReceivedSpan>
  /** The latest metric of that name, or that fits; waits for it. */
  waitForMetric(wanted: string | ((metric: ReceivedMetric) => boolean), timeoutMs?: number): Promise<ReceivedMetric>
  /** The first log record that has the text as its body, or that fits; waits for it. */
  waitForLog(wanted: string | ((log: ReceivedLog) => boolean), timeoutMs?: number): Promise<ReceivedLog>
  /** Waits until `condition` holds; it is looked at after every request. `what` stands in the error. */
  waitUntil(condition: (sink: OtlpSink) => boolean, what: string, timeoutMs?: number): Promise<void>
  /** Forgets everything that came. */
  clear(): void
  close(): Promise<void>
}

const WAIT_MS = 5000

/**
 * Starts an OTLP/HTTP sink (protobuf and JSON, gzip or plain) that listens on a free port of the loopback
 * interface.
 *
 * @example
 * const sink = await createOtlpSink()
 * // … the application runs with OTEL_EXPORTER_OTLP_ENDPOINT=sink.url …
 * const span = await sink.waitForSpan('order.submit')
 * await sink.close()
 */
export async function createOtlpSink(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const { host = '127.0.0.1', port = 0, delayMs = 0, respond, keep: limit = 1_000_000 } = options
  const { forwardTo, forwardHeaders } = options
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  const logs: ReceivedLog[] = []
  const requests: SinkRequest[] = []
  const watchers = new Set<() => void>()
  let malformed = 0
  let notForwarded = 0

  function read(signal: SinkRequest['signal'], message: DecodedMessage): SinkRecords {
    if (signal === 'traces') return readSpans(message)
    return signal === 'metrics' ? readMetrics(message) : readLogs(message)
  }

  function keep(signal: SinkRequest['signal'], records: SinkRecords): void {
    const list: unknown[] = { traces: spans, metrics, logs }[signal]
    // one by one: a burst is more than a call takes as arguments
    for (const record of records) list.push(record)
    for (const list of [spans, metrics, logs]) if (list.length > limit) list.splice(0, list.length - limit)
  }

  /** What the sender hears is this sink's answer; what becomes of the copy is counted. */
  async function forward(path: string, headers: IncomingMessage['headers'], body: Buffer): Promise<void> {
    const copied = ['content-type', 'content-encoding'].filter(name => typeof headers[name] === 'string')
    try {
      const answer = await fetch(`${forwardTo}${path}`, {
        method: 'POST',
        headers: { ...forwardHeaders, ...Object.fromEntries(copied.map(name => [name, headers[name] as string])) },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(WAIT_MS),
      })
      if (!answer.ok) notForwarded++
    } catch {
      notForwarded++
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]!
    if (!Object.hasOwn(signalMessages, path)) {
      throw new RefusedError(404, `Nothing here. There are ${Object.keys(signalMessages).join(', ')}.`)
    }
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST')
      throw new RefusedError(405, `${path} takes POST only.`)
    }
    const body = await readBody(request)
    const signal = path.slice('/v1/'.length) as SinkRequest['signal']
    const entry: SinkRequest = { signal, headers: request.headers, size: body.length, index: requests.length }
    requests.push(entry)
    const message = await decodeBody(body, request.headers, signalMessages[path as keyof typeof signalMessages])
    const records = read(signal, message)
    const answer = respond?.(entry, records)
    if (answer === 'never') return
    if (delayMs > 0) await sleep(delayMs)
    if (answer === 'drop') {
      request.socket.destroy()
      return
    }
    const status = answer?.status ?? 200
    if (status >= 200 && status < 300) {
      keep(signal, records)
      if (forwardTo !== undefined) await forward(path, request.headers, body)
    }
    const isJson = hasJsonBody(request)
    if (status < 300) sendSuccess(response, status, isJson, signal, answer?.partial, answer?.headers)
    else sendError(response, status, isJson, `told to answer ${status}`, answer?.headers)
  }

  const server = createServer((request, response) => {
    take(request, response)
      .catch((error: unknown) => {
        const status = error instanceof RefusedError ? error.status : 500
        if (status === 400 || status === 413 || status === 415) malformed++
        if (response.headersSent || response.destroyed) return
        // a sentence that people read, too, when they look with curl
        const isJson = status !== 400 || hasJsonBody(request)
        sendError(response, status, isJson, error instanceof Error ? error.message : String(error))
      })
      .finally(() => {
        for (const watcher of [...watchers]) watcher()
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address() as AddressInfo

  const sink: OtlpSink = {
    url: `http://${address.family === 'IPv6' ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    spans,
    metrics,
    logs,
    requests,
    get malformed() {
      return malformed
    },
    get notForwarded() {
      return notForwarded
    },
    async waitForSpan(wanted, timeoutMs) {
      const fits = typeof wanted === 'string' ? (span: ReceivedSpan) => span.name === wanted : wanted
      await sink.waitUntil(() => spans.some(fits), describe('span', wanted), timeoutMs)
      return spans.find(fits)!
    },
    async waitForMetric(wanted, timeoutMs) {
      const fits = typeof wanted === 'string' ? (metric: ReceivedMetric) => metric.name === wanted : wanted
      await sink.waitUntil(() => metrics.some(fits), describe('metric', wanted), timeoutMs)
      return metrics.findLast(fits)!
    },
    async waitForLog(wanted, timeoutMs) {
      const fits = typeof wanted === 'string' ? (log: ReceivedLog) => log.body === wanted : wanted
      await sink.waitUntil(() => logs.some(fits), describe('log record', wanted), timeoutMs)
      return logs.find(fits)!
    },
    waitUntil(condition, what, timeoutMs = WAIT_MS) {
      if (condition(sink)) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const watcher = () => {
          try {
            if (!condition(sink)) return
            finish()
            resolve()
          } catch (error) {
            finish()
            reject(error)
          }
        }
        const timer = setTimeout(() => {
          finish()
          reject(new Error(`${what} did not come within ${timeoutMs} ms; there came ${summary(sink)}`))
        }, timeoutMs)
        const finish = () => {
          clearTimeout(timer)
          watchers.delete(watcher)
        }
        watchers.add(watcher)
      })
    },
    clear() {
      for (const list of [spans, metrics, logs, requests]) list.length = 0
      malformed = 0
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
  return sink
}

function hasJsonBody(request: IncomingMessage): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '')
}

function describe(what: string, wanted: unknown): string {
  return typeof wanted === 'string' ? `${what} "${wanted}"` : `a ${what} that fits`
}

function summary({ spans, metrics, logs, requests, malformed }: OtlpSink): string {
  const names = [...new Set([...spans, ...metrics].map(({ name }) => name))].slice(0, 20)
  const named = names.length === 0 ? '' : ` (${names.join(', ')})`
  return `${spans.length} spans, ${metrics.length} metrics, ${logs.length} log records${named} in ${requests.length} requests, ${malformed} malformed`
}
