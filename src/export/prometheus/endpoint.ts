import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import { type HealthReport, isLive, isReady } from '../health-report.js'
import type { ProcessorShare } from '../processor-share.js'
import { acceptsGzip, negotiateFormat } from './accept.js'
import { ExpositionWriter } from './exposition.js'
import { HeldAnswers } from './held-answers.js'
import { keepListening } from './listener.js'
import { Scraper } from './scrape.js'

/** Settings of a Prometheus endpoint. */
export interface PrometheusEndpointOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly producers: MetricProducer[]
  readonly share?: ProcessorShare
  readonly health: () => HealthReport
  /** One line for a person. */
  readonly say: (line: string) => void
  readonly onListening: (address: AddressInfo) => void
  /** How long a collection may take before a scrape gets 503. */
  readonly collectTimeoutMs?: number
  /** Pause between tries for a port that is taken. */
  readonly retryMs?: number
}

const METRICS_PATH = '/metrics'
const HEALTH_PATHS = ['/livez', '/readyz', '/healthz'] as const
const ALLOWED = 'GET, HEAD'

/** Shorter than Prometheus's own time-out for a scrape, 10 s. */
const COLLECT_TIMEOUT_MS = 5000
/** Scrapers that hang or dawdle are cut off. */
const REQUEST_TIMEOUT_MS = 10_000
const IDLE_RESPONSE_TIMEOUT_MS = 30_000
/** Longer than Prometheus's default interval of a minute, so that its connection lives from scrape to scrape. */
const KEEP_ALIVE_MS = 75_000
/** Beyond it the oldest connection goes, so that whoever hoards them keeps no probe from its answer. */
const MAXIMUM_CONNECTIONS = 256
/** How long an answer that is being read may hold up the end. */
const CLOSE_TIMEOUT_MS = 250
/** Compressing less isn't worth it. */
const MINIMUM_GZIP_BYTES = 1024

/**
 * The scrape endpoint with the health paths beside it. It is upstream's Prometheus exporter with a server and a
 * text of its own: OpenMetrics with exemplars where it is asked for, gzip, a bound on everything.
 */
export class PrometheusEndpoint extends PrometheusExporter {
  readonly #server: Server
  readonly #scraper: Scraper
  readonly #health: () => HealthReport
  readonly #stopListening: () => void
  /** The oldest first. */
  readonly #sockets = new Set<Socket>()
  readonly #answering = new Set<Socket>()
  readonly #held = new HeldAnswers()

  constructor(options: PrometheusEndpointOptions) {
    super({ preventServerStart: true, metricProducers: options.producers })
    const timeoutMs = options.collectTimeoutMs ?? COLLECT_TIMEOUT_MS
    const said = new Set<string>()
    const writer = new ExpositionWriter((metric, reason) => {
      if (said.has(metric)) return
      said.add(metric)
      options.say(`metric ${metric} is not shown on /metrics (not all of it): ${reason}`)
    })
    this.#scraper = new Scraper(() => this.collect({ timeoutMillis: timeoutMs }), writer, timeoutMs, options.share)
    this.#health = options.health
    this.#server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      (request, response) => {
        const { socket } = request
        this.#answering.add(socket)
        response.on('close', () => this.#answering.delete(socket))
        this.#answer(request, response).catch(() => response.destroy())
      },
    )
    this.#server.headersTimeout = REQUEST_TIMEOUT_MS
    this.#server.timeout = IDLE_RESPONSE_TIMEOUT_MS
    this.#server.on('connection', socket => {
      // an open scrape must not hold a process that is done
      socket.unref()
      if (this.#sockets.size >= MAXIMUM_CONNECTIONS) this.#closeOldest()
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#stopListening = keepListening(this.#server, options)
  }

  /** Answers a request on `/metrics` for whoever has a server of his own. */
  override getMetricsRequestHandler(request: IncomingMessage, response: ServerResponse): void {
    this.#metrics(request, response).catch(() => response.destroy())
  }

  /** There is nothing to start: it listens, or tries to, from the beginning. */
  override async startServer(): Promise<void> {}

  override stopServer(): Promise<void> {
    this.#stopListening()
    return new Promise(resolve => {
      const impatient = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy()
      }, CLOSE_TIMEOUT_MS)
      this.#server.close(() => {
        clearTimeout(impatient)
        resolve()
      })
      for (const socket of this.#sockets) socket.destroySoon()
    })
  }

  override onShutdown(): Promise<void> {
    return this.stopServer()
  }

  /** One that waits for no answer, if there is one. */
  #closeOldest(): void {
    const open = [...this.#sockets]
    const oldest = open.find(socket => !this.#answering.has(socket)) ?? open[0]!
    this.#sockets.delete(oldest)
    oldest.destroy()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]!
    const isHealth = (HEALTH_PATHS as readonly string[]).includes(path)
    if (path !== METRICS_PATH && !isHealth) {
      return sendText(response, 404, `Nothing here. There are ${METRICS_PATH}, ${HEALTH_PATHS.join(', ')}.`)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', ALLOWED)
      return sendText(response, 405, `${path} takes ${ALLOWED} only.`)
    }
    if (isHealth) this.#answerHealth(path, response)
    else await this.#metrics(request, response)
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const format = negotiateFormat(request.headers.accept)
    const wantsGzip = acceptsGzip(request.headers['accept-encoding'] as string | undefined)
    let body: Buffer
    let gzipped = false
    try {
      const scrape = this.#scraper.scrape()
      body = await scrape.text(format.name)
      if (wantsGzip && body.length >= MINIMUM_GZIP_BYTES) {
        body = await scrape.gzipped(format.name)
        gzipped = true
      }
    } catch (error) {
      return sendText(response, 503, error instanceof Error ? error.message : 'The metrics could not be collected.')
    }
    if (response.destroyed) return
    response.setHeader('Content-Type', format.contentType)
    response.setHeader('Vary', 'Accept, Accept-Encoding')
    if (gzipped) response.setHeader('Content-Encoding', 'gzip')
    response.setHeader('Content-Length', body.length)
    this.#held.send(response, body)
  }

  #answerHealth(path: string, response: ServerResponse): void {
    const report = this.#health()
    if (path === '/livez') return sendJson(response, isLive(report), report.live)
    if (path === '/readyz') return sendJson(response, isReady(report), report.ready)
    sendJson(response, isLive(report) && isReady(report), report)
  }
}

function sendText(response: ServerResponse, status: number, sentence: string): void {
  const body = `${sentence}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

function sendJson(response: ServerResponse, ok: boolean, value: object): void {
  const body = `${JSON.stringify(value)}\n`
  response.writeHead(ok ? 200 : 503, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(body)
}
