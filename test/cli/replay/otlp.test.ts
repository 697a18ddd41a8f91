import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../../src/testing/index.js'
import { startGrpcCollector } from '../../export/otlp/grpc-collector.js'
import { root, runProgram } from '../../process/run-program.js'
import { newOrder, out, report } from './fix-log.js'
import { ReplayDirectory, runReplay } from './run-replay.js'

const cli = join(root, 'dist/cli/main.js')
const files = new ReplayDirectory()
const sinks: OtlpSink[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(sinks.splice(0).map(sink => sink.close()))
})
afterAll(() => files.remove())

async function sinkWith(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const sink = await createOtlpSink(options)
  sinks.push(sink)
  return sink
}

const lines = (...messages: string[]) => messages.map(message => `${message}\n`).join('')
const start = Date.UTC(2026, 10, 21, 10)
const log = lines(
  newOrder('a-1', 100, 10),
  report('a-1', { type: '0', status: '0', quantity: 100, cumulative: 0, id: 'x-1' }, 13),
  report('a-1', { type: 'F', status: '1', quantity: 100, cumulative: 40, last: 40, id: 'x-2' }, 35),
  newOrder('a-2', 5, 40),
  report('a-1', { type: 'F', status: '2', quantity: 100, cumulative: 100, last: 60, id: 'x-3' }, 50),
  // long after its end, in the same trace: a log is read as a whole
  report(
    'a-1',
    { type: 'H', status: '1', quantity: 100, cumulative: 40, last: 0, id: 'x-4', more: [[19, 'x-3']] },
    3_600_000,
  ),
  out('0', 7_200_000, []),
)

/** Name, begin and end in milliseconds of the log. */
function timesOf(sink: OtlpSink, clientId: string) {
  return sink.spans
    .filter(span => span.attributes['trading.order.client_id'] === clientId)
    .map(span => [span.name, msOf(span.startTimeUnixNano), msOf(span.endTimeUnixNano)])
    .sort((left, right) => Number(left[1]) - Number(right[1]) || Number(left[2]) - Number(right[2]))
}

function msOf(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n) - start
}

describe('orderscope replay --otlp', () => {
  it('sends every order as a trace with the times of the log', async () => {
    const sink = await sinkWith()
    const { code, stdout, stderr } = await runReplay('--otlp', sink.url, files.write(log))
    expect(code).toBe(0)
    expect(stdout).toContain('order a-1')
    expect(stderr).toBe(
      `orderscope replay: 8 spans of 2 orders sent to ${sink.url}/v1/traces as service orderscope-replay, with the log's times: 2026-11-21 10:00:00.010Z to 2026-11-21 11:00:00.000Z\n`,
    )
    expect(timesOf(sink, 'a-1')).toEqual([
      ['order.submit', 10, 10],
      ['order.ack', 10, 13],
      ['order', 10, 7_200_000],
      ['order.fill', 13, 35],
      ['order.fill', 35, 50],
    ])
    expect(timesOf(sink, 'a-2')).toEqual([
      ['order.submit', 40, 40],
      ['order.ack', 40, 7_200_000],
      ['order', 40, 7_200_000],
    ])
    const order = sink.spans.find(
      ({ name, attributes }) => name === 'order' && attributes['trading.order.root_id'] === 'a-1',
    )!
    const ofTrace = sink.spans.filter(({ traceId }) => traceId === order.traceId)
    expect(ofTrace).toHaveLength(5)
    for (const span of ofTrace) if (span !== order) expect(span.parentSpanId).toBe(order.spanId)
    expect(order).toMatchObject({
      resource: { 'service.name': 'orderscope-replay' },
      attributes: {
        'trading.venue.name': 'VENUE',
        'trading.order.status': 'partially_filled',
        'trading.order.cumulative_quantity': '40',
      },
    })
    expect(order.events.map(({ name, timeUnixNano }) => [name, msOf(timeUnixNano)])).toEqual(
      [
        ['trading.order.reopened', 3_600_000],
        ['trading.execution.busted', 3_600_000],
      ].reverse(),
    )
  })

  it('prints what it prints without, also as --json', async () => {
    const sink = await sinkWith()
    const file = files.write(log)
    const plain = await runReplay('--json', file)
    expect((await runReplay('--json', `--otlp=${sink.url}`, file)).stdout).toBe(plain.stdout)
    expect(plain.stderr).toBe('')
  })

  it('takes service, headers and protocol from the standard variables', async () => {
    vi.stubEnv('OTEL_SERVICE_NAME', 'monday')
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'desk=rates')
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20secret')
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json')
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://127.0.0.1:1/elsewhere')
    const sink = await sinkWith()
    const { code, stderr } = await runReplay('--otlp', `${sink.url}/v1/traces`, files.write(log))
    expect(code).toBe(0)
    expect(stderr).not.toContain('secret')
    expect(sink.requests[0]!.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    })
    expect(sink.spans[0]!.resource).toMatchObject({ 'service.name': 'monday', desk: 'rates' })
    expect(timesOf(sink, 'a-2')[0]).toEqual(['order.submit', 40, 40])
  })

  const many = lines(
    ...Array.from({ length: 600 }, (_, index) => [
      newOrder(`m-${index}`, 1, index),
      report(`m-${index}`, { type: 'F', status: '2', quantity: 1, cumulative: 1, last: 1, id: `x-${index}` }, index),
    ]).flat(),
  )

  it('sends many in requests of bounded size; a collector that takes little at once gets less', async () => {
    const counts: number[] = []
    const sink = await sinkWith({
      respond: (_, { length }) => {
        counts.push(length)
        return length > 700 ? { status: 413 } : undefined
      },
    })
    const { code, stderr } = await runReplay('--json', '--otlp', sink.url, files.write(many))
    expect(code).toBe(0)
    expect(sink.spans).toHaveLength(2400)
    expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(2400)
    expect(Math.max(...counts)).toBeLessThanOrEqual(2048)
    expect(counts.filter(count => count <= 700).reduce((sum, count) => sum + count)).toBe(2400)
    expect(stderr).toMatch(/^orderscope replay: 2400 spans of 600 orders sent/)
  })

  it('tries again what may be taken later', async () => {
    let tries = 0
    const sink = await sinkWith({ respond: () => (++tries < 3 ? { status: 503 } : undefined) })
    expect(await runReplay('--json', '--otlp', sink.url, files.write(log))).toMatchObject({ code: 0 })
    expect(sink.spans).toHaveLength(8)
  })

  it.each<[string, OtlpSinkOptions, RegExp]>([
    [
      'refuses',
      { respond: () => ({ status: 400 }) },
      /0 spans of 2 orders sent.*\n.*8 spans not accepted: http\S+ answered HTTP 400/,
    ],
    [
      'takes a part',
      { respond: () => ({ status: 200, partial: { rejected: 3, message: 'too old' } }) },
      /5 spans of 2 orders sent.*\n.*3 spans not accepted: http\S+ took a part only \(too old\)/,
    ],
  ])('a collector that %s: said, and exit code 1', async (_, options, said) => {
    const sink = await sinkWith(options)
    const { code, stdout, stderr } = await runReplay('--json', '--otlp', sink.url, files.write(log))
    expect(code).toBe(1)
    expect(stdout.split('\n')).toHaveLength(8)
    expect(stderr).toMatch(said)
  })

  it('nobody listens: said once, soon, and exit code 1', async () => {
    const sink = await createOtlpSink()
    await sink.close()
    const began = performance.now()
    const { code, stderr } = await runReplay('--json', '--otlp', sink.url, files.write(many))
    expect(code).toBe(1)
    expect(performance.now() - began).toBeLessThan(8000)
    expect(stderr).toMatch(/2400 spans not accepted: http\S+ refused the connection\n$/)
  })

  it('a log without any time gives no trace, and says so', async () => {
    const sink = await sinkWith()
    const timeless = log.replaceAll(/\b52=[-\d:.]*\W/g, '')
    const { code, stderr } = await runReplay('--json', '--otlp', sink.url, files.write(timeless))
    expect(code).toBe(0)
    expect(stderr).toMatch(/6 messages with no time \(neither SendingTime nor a time stamp\) are in no trace\n/)
    expect(sink.spans).toEqual([])
  })

  it('over gRPC, by the standard variable', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc')
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=secret')
    const collector = await startGrpcCollector()
    try {
      const url = `http://127.0.0.1:${collector.port}`
      const { code, stderr } = await runReplay('--json', '--otlp', url, files.write(log))
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/8 spans of 2 orders sent to http/) })
      expect(collector.calls).toMatchObject([{ signal: 'traces', headers: { authorization: 'secret' } }])
    } finally {
      await collector.close()
    }
  })

  it('as a program: waits for the collector, and for nothing else', async () => {
    const sink = await sinkWith({ delayMs: 300 })
    const program = (file: string) => runProgram([cli, 'replay', '--json', '--otlp', sink.url, file])
    expect(await program(files.write(log))).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/8 spans of 2 orders/),
    })
    expect(sink.spans).toHaveLength(8)
    expect(await program('/nowhere/fix.log')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/no such file\n$/),
    })
  }, 40_000)

  it('an address that is none is a wrong command line', async () => {
    expect(await runReplay('--otlp', 'localhost:4318', files.write(log))).toMatchObject({
      code: 2,
      stderr:
        'orderscope replay: --otlp "localhost:4318" is no address; write the collector\'s address, such as --otlp http://localhost:4318\n',
    })
  })
})
