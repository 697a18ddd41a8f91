import { status } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { decodeMessage } from '../../src/channel/protobuf-reader.js'
import { readLogs, readMetrics, readSpans } from '../../src/testing/received.js'
import { makeCertificates } from '../export/otlp/certificates.js'
import { type Call, type GrpcCollector, startGrpcCollector } from '../export/otlp/grpc-collector.js'
import { fixture, runProgram } from './run-program.js'
import { registerUrl } from './with-sink.js'

const work = (way: string) => ['--import', registerUrl, fixture('work.mjs'), way]
/** The bound on waiting plus what starting and ending a process takes on a busy machine. */
const MOST_MS = 8000

let collector: GrpcCollector | undefined
afterEach(() => collector?.close())

const settings = (port: number, scheme = 'http') => ({
  OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}://localhost:${port}`,
  OTEL_METRICS_EXPORTER: 'prometheus,otlp',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
})

/** What is in the calls. */
function received(calls: readonly Call[]) {
  const messages = {
    traces: otlpMessage('ExportTraceServiceRequest'),
    metrics: otlpMessage('ExportMetricsServiceRequest'),
    logs: otlpMessage('ExportLogsServiceRequest'),
  }
  const decoded = (signal: Call['signal']) =>
    calls.filter(call => call.signal === signal).map(call => decodeMessage(call.message, messages[signal]))
  const ticks = decoded('metrics')
    .flatMap(message => readMetrics(message))
    .filter(({ name }) => name === 'bot.ticks')
    .at(-1)
  return {
    spans: new Set(decoded('traces').flatMap(message => readSpans(message).map(({ spanId }) => spanId))).size,
    logs: decoded('logs').flatMap(message => [...readLogs(message)]).length,
    ticks: ticks?.points.reduce((sum, point) => sum + Number(point.value ?? 0), 0),
  }
}

const told = (stdout: string) => Number([...stdout.matchAll(/recorded (\d+)/g)].at(-1)?.[1])

describe.each([
  ['on the thread', {}],
  ['in the loop', { ORDERSCOPE_THREAD: 'off' }],
])('OTLP over gRPC, %s', (_, place) => {
  it.each([['exit in the middle of work'], ['natural end'], ['burst']])('everything arrives: %s', async way => {
    collector = await startGrpcCollector()
    const result = await runProgram(work(way), {
      env: {
        ...settings(collector.port),
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        // how long it takes depends on the machine; here it matters that all comes
        ORDERSCOPE_EXIT_TIMEOUT_MS: '15000',
        ...place,
      },
    })
    const recorded = told(result.stdout)
    expect(result.stderr).not.toContain('ended with')
    expect(received(collector.calls)).toEqual({ spans: recorded, logs: recorded, ticks: recorded })
  })

  it('what is busy is asked again, with TLS and a header', async () => {
    const files = makeCertificates()
    let busy = 4
    collector = await startGrpcCollector(
      () => (busy-- > 0 ? { code: status.UNAVAILABLE, message: 'busy' } : Buffer.alloc(0)),
      { files, askClient: true },
    )
    const result = await runProgram(work('natural end'), {
      env: {
        ...settings(collector.port, 'https'),
        OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca,
        OTEL_EXPORTER_OTLP_CLIENT_KEY: files.clientKey,
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.client,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t',
        ...place,
      },
    })
    expect(result.stderr).not.toContain('ended with')
    expect(busy).toBeLessThan(0)
    expect(collector.calls.every(({ headers }) => headers.authorization === 'Bearer t')).toBe(true)
    expect(received(collector.calls.slice(4))).toMatchObject({ spans: 20, logs: 20, ticks: 20 })
  })

  it.each([['natural end'], ['exit in the middle of work']])(
    'a collector that never answers does not hold the process: %s',
    async way => {
      collector = await startGrpcCollector(() => 'never')
      const result = await runProgram(work(way), { env: { ...settings(collector.port), ...place } })
      expect(result.stderr).toMatch(/ended with \d+ spans and \d+ log records that no collector took within 2 s/)
      expect(result.tookSinceOutputMs).toBeLessThan(MOST_MS)
    },
  )
})
