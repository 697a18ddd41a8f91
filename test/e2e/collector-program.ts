import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stackBinary } from './stack-binary.js'

/** Addresses of a collector's ports. */
export interface CollectorPorts {
  readonly grpc: number
  readonly http: number
  readonly health: number
  readonly metrics: number
  readonly scrape: number
}

/** A real collector with files of the repository; only the addresses that it listens on are its own. */
export class CollectorProgram {
  readonly ports: CollectorPorts
  /** Queue and files of logs. */
  readonly state: string
  readonly #process: ChildProcess
  #said = ''

  private constructor(ports: CollectorPorts, state: string, process: ChildProcess) {
    this.ports = ports
    this.state = state
    this.#process = process
    process.stderr!.on('data', piece => {
      this.#said += piece
    })
  }

  /** `state` of a collector that ended is what its successor finds; `settings` are set after those of the file. */
  static async start(
    config: string,
    environment: Readonly<Record<string, string>>,
    state?: string,
    settings: readonly string[] = [],
  ): Promise<CollectorProgram> {
    const folder = state ?? (await mkdtemp(join(tmpdir(), 'orderscope-collector-')))
    const [grpc, http, health, metrics, scrape] = (await freePorts(5)) as [number, number, number, number, number]
    const own = [
      `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${grpc}`,
      `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${http}`,
      `extensions::health_check::endpoint: 127.0.0.1:${health}`,
      `exporters::prometheus::endpoint: 127.0.0.1:${scrape}`,
      `service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${metrics}}}}}]`,
    ]
    const child = spawn(
      stackBinary('otelcol-contrib'),
      [`--config=${config}`, ...[...own, ...settings].map(setting => `--config=yaml:${setting}`)],
      {
        env: { PATH: process.env.PATH, OTELCOL_STATE: folder, STATE: folder, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    const program = new CollectorProgram({ grpc, http, health, metrics, scrape }, folder, child)
    await program.#healthy()
    return program
  }

  /** Sends OTLP as JSON; the status of the answer. */
  async send(signal: 'traces' | 'logs' | 'metrics', body: object): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.ports.http}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return response.status
  }

  /** What Prometheus would scrape: what came and was made of spans, or what the collector says of itself. */
  async scrape(port: 'scrape' | 'metrics', accept = 'text/plain'): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.ports[port]}/metrics`, { headers: { accept } })
    return response.text()
  }

  /** Ends it; with SIGKILL as a crash would. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill(signal)
    await once(this.#process, 'exit')
  }

  async remove(): Promise<void> {
    await this.end()
    await rm(this.state, { recursive: true, force: true })
  }

  async #healthy(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if (this.#process.exitCode !== null) {
        throw new Error(`the collector ended with ${this.#process.exitCode}: ${this.#said}`)
      }
      const response = await fetch(`http://127.0.0.1:${this.ports.health}/`).catch(() => undefined)
      await response?.arrayBuffer()
      if (response?.ok) return
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    await this.end('SIGKILL')
    throw new Error(`the collector was not healthy within 30 s: ${this.#said}`)
  }
}

/** Ports of the loopback that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}
