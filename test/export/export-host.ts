import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import type { ExportConfig } from '../../src/channel/export-config.js'
import type { ReaderMessage, WriterMessage } from '../../src/channel/messages.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { startExport } from '../../src/export/start-export.js'
import { SharedMeterProvider, type SharedMeterProviderOptions } from '../../src/metrics/meter-provider.js'

/** Where the reading end runs. */
export type Place = 'loop' | 'thread'

/** A trading thread's end with a reading end behind it, as telemetry would connect them. */
export interface Connected {
  readonly writer: ChannelWriter
  readonly provider: SharedMeterProvider
  /** Where the endpoint listens; empty without one. */
  readonly url: string
  readonly said: string[]
  /** Asks for delivery and waits without holding the loop. */
  drain(): Promise<{ delivered: boolean; lostSpans: number; lostLogs: number; tookMs: number }>
  /** Ends the reading end without warning. */
  kill(): Promise<void>
  end(): Promise<void>
}

export const baseConfig: ExportConfig = {
  resource: { 'service.name': 'bot', 'service.instance.id': 'i-1' },
  prometheus: { host: '127.0.0.1', port: 0 },
  otlp: {},
  metricExportIntervalMs: 60_000,
  metricExportTimeoutMs: 5000,
  metricTemporality: 'cumulative',
  seriesIdleMs: 0,
  observeTimeoutMs: 500,
  hangAfterMs: 5000,
  exitTimeoutMs: 1500,
  niceness: 0,
  quiet: false,
  generation: 1,
  pid: process.pid,
}

/** The settings of one signal's destination. */
export function otlpTo(
  url: string,
  signal: 'traces' | 'logs' | 'metrics',
): NonNullable<ExportConfig['otlp']['traces']> {
  return { url: `${url}/v1/${signal}`, protocol: 'http/protobuf', headers: {}, compression: 'none', timeoutMs: 2000 }
}

export function createWriter(
  ringBytes = 1 << 20,
  options: SharedMeterProviderOptions = {},
): { writer: ChannelWriter; provider: SharedMeterProvider } {
  const writer = new ChannelWriter({ id: 0, ringBytes, startTime: Date.now() - 1000 })
  return { writer, provider: new SharedMeterProvider(writer, options) }
}

/** Starts a reading end for a writer and waits until it is up. */
export async function connect(
  place: Place,
  more: Partial<ExportConfig> = {},
  { writer, provider } = createWriter(),
): Promise<Connected> {
  const config = { ...baseConfig, ...more }
  const said: string[] = []
  let up: (endpoint: string | undefined) => void
  let ended: () => void
  const isUp = new Promise<string | undefined>(resolve => (up = resolve))
  const hasEnded = new Promise<void>(resolve => (ended = resolve))
  let post: (message: WriterMessage) => void = () => {}

  function receive(message: ReaderMessage): void {
    if (message.kind === 'up') up(message.endpoint)
    else if (message.kind === 'say') said.push(message.line)
    else if (message.kind === 'ended') ended()
    else if ('writer' in message) writer.receive(message)
    else if (message.kind === 'observe') {
      const { collection, withinMs } = message
      void provider.observables
        .observe(collection, withinMs)
        .then(answer => post({ kind: 'observed', writer: writer.id, collection, answer }))
    }
  }

  let kill: () => Promise<void>
  if (place === 'loop') {
    let tell: (message: WriterMessage) => void = () => {}
    const handle = startExport(config, {
      postMessage: receive,
      onMessage: listener => {
        tell = listener
      },
    })
    post = message => tell(message)
    kill = () => handle.close()
  } else {
    const worker = new Worker(workerFile(), { workerData: config, execArgv: [] })
    worker.on('message', receive)
    post = message => worker.postMessage(message)
    kill = async () => {
      await worker.terminate()
    }
  }
  writer.attach(post)
  const endpoint = await isUp

  return {
    writer,
    provider,
    url: endpoint?.replace('/metrics', '') ?? '',
    said,
    async drain() {
      const started = performance.now()
      writer.control.beginDrain()
      post({ kind: 'drain', writer: writer.id })
      let answer = writer.control.requestDrain(0)
      while (!answer.answered) {
        await new Promise(resolve => setTimeout(resolve, 2))
        answer = writer.control.requestDrain(0)
      }
      return { ...answer, tookMs: performance.now() - started }
    },
    kill,
    async end() {
      post({ kind: 'shutdown', writer: writer.id })
      await hasEnded
      await kill()
    },
  }
}

let built: string | undefined

/** The worker's entry as JavaScript: Node 20 runs no TypeScript in a worker. */
function workerFile(): string {
  if (built !== undefined) return built
  const folder = mkdtempSync(join(tmpdir(), 'orderscope-worker-'))
  built = join(folder, 'worker.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('../../src/export/worker.ts', import.meta.url))],
    outfile: built,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return built
}
