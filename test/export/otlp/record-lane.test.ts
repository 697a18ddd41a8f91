import { afterEach, describe, expect, it } from 'vitest'
import { createRingMemory, RingWriter } from '../../../src/channel/byte-ring.js'
import { frameKinds } from '../../../src/channel/lanes.js'
import { ProtobufWriter } from '../../../src/channel/protobuf-writer.js'
import { CollectorNotices } from '../../../src/export/otlp/collector-notices.js'
import { DeliveryCounts } from '../../../src/export/otlp/delivery-counts.js'
import { Destination } from '../../../src/export/otlp/destination.js'
import { RecordLane } from '../../../src/export/otlp/record-lane.js'
import { createOtlpSender } from '../../../src/export/otlp/sender.js'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../../src/testing/otlp-sink.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function spanBytes(number: number, name = `span ${number}`): Uint8Array {
  const writer = new ProtobufWriter()
  writer.hex(1, 'ab'.repeat(16))
  writer.hex(2, number.toString(16).padStart(16, '0'))
  writer.string(5, name)
  writer.time(7, [1_795_251_600, 0])
  writer.time(8, [1_795_251_600, 1_000_000])
  return writer.bytes.slice(0, writer.length)
}

function logBytes(text: string): Uint8Array {
  const writer = new ProtobufWriter()
  writer.time(1, [1_795_251_600, 0])
  const body = writer.beginMessage(5)
  writer.string(1, text)
  writer.endMessage(body)
  return writer.bytes.slice(0, writer.length)
}

function attribute(name: string, value: string): Uint8Array {
  const writer = new ProtobufWriter()
  const resource = writer.beginMessage(1)
  const pair = writer.beginMessage(1)
  writer.string(1, name)
  const any = writer.beginMessage(2)
  writer.string(1, value)
  writer.endMessage(any)
  writer.endMessage(pair)
  writer.endMessage(resource)
  return writer.bytes.slice(0, writer.length)
}

function scopeBytes(name: string): Uint8Array {
  const writer = new ProtobufWriter()
  const scope = writer.beginMessage(1)
  writer.string(1, name)
  writer.endMessage(scope)
  return writer.bytes.slice(0, writer.length)
}

interface Set {
  readonly ring: RingWriter
  readonly lane: RecordLane
  readonly counts: DeliveryCounts
  readonly said: string[]
  readonly destination: Destination
  readonly scopes: Map<number, string>
  write(from: number, to: number, scope?: number): void
}

function setUp(
  url: string,
  more: { protocol?: 'http/json'; memory?: SharedArrayBuffer; timeoutMs?: number } = {},
): Set {
  const memory = more.memory ?? createRingMemory(1 << 22)
  const said: string[] = []
  const counts = new DeliveryCounts()
  const to = (path: string) =>
    createOtlpSender({
      url: `${url}/v1/${path}`,
      protocol: more.protocol ?? 'http/protobuf',
      headers: {},
      compression: 'none',
      timeoutMs: more.timeoutMs ?? 2000,
    })
  const notices = new CollectorNotices(url, ['traces'], line => said.push(line))
  const destination = new Destination('traces', to('traces'), notices)
  const logs = new Destination('logs', to('logs'), notices)
  const scopes = new Map([
    [0, 'orderscope'],
    [1, 'http'],
  ])
  const lane = new RecordLane(
    memory,
    { traces: { destination, counts }, logs: { destination: logs, counts: new DeliveryCounts() } },
    { resource: attribute('service.name', 'bot'), scope: id => scopeBytes(scopes.get(id) ?? ''), schemaUrl: () => '' },
    id => scopes.has(id),
  )
  const ring = new RingWriter(memory)
  ends.push(() => {
    destination.close()
    logs.close()
  })
  return {
    ring,
    lane,
    counts,
    said,
    destination,
    scopes,
    write(from, to, scope = 0) {
      for (let i = from; i <= to; i++) {
        const bytes = spanBytes(i)
        if (!ring.write(frameKinds.span, 0, scope, bytes, bytes.length)) throw new Error('ring is full')
      }
    },
  }
}

async function sinkWith(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const sink = await createOtlpSink(options)
  ends.push(() => sink.close())
  return sink
}

const names = (sink: OtlpSink) => sink.spans.map(span => span.name).sort()
const expected = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `span ${from + i}`).sort()

describe('RecordLane', () => {
  it.each([undefined, 'http/json'] as const)('delivers spans and log records by scope (%s)', async protocol => {
    const sink = await sinkWith()
    const { lane, write, ring, counts } = setUp(sink.url, protocol === undefined ? {} : { protocol })
    write(1, 3)
    write(4, 4, 1)
    const log = logBytes('hello')
    ring.write(frameKinds.log, 0, 0, log, log.length)
    expect(lane.remaining()).toEqual({ spans: 4, logs: 1 })
    await lane.drain()
    expect(names(sink)).toEqual(expected(1, 4))
    expect(sink.spans.map(span => span.scope.name)).toEqual(['orderscope', 'orderscope', 'orderscope', 'http'])
    expect(sink.spans[0]!.resource).toEqual({ 'service.name': 'bot' })
    expect(sink.spans[0]!.startTimeUnixNano).toBe(1_795_251_600_000_000_000n)
    expect(sink.logs.map(record => record.body)).toEqual(['hello'])
    expect(ring.usedBytes).toBe(0)
    expect(lane.remaining()).toEqual({ spans: 0, logs: 0 })
    expect(counts.delivered).toBe(4)
  })

  it('keeps the records in the ring until a collector has them', async () => {
    let broken = true
    const sink = await sinkWith({ respond: () => (broken ? { status: 503 } : undefined) })
    const { lane, write, ring, said, destination } = setUp(sink.url)
    write(1, 10)
    const drained = lane.drain()
    await sink.waitUntil(({ requests }) => requests.length >= 1, 'a request')
    expect(ring.usedBytes).toBeGreaterThan(0)
    expect(lane.remaining().spans).toBe(10)
    broken = false
    destination.hurry()
    await drained
    expect(names(sink)).toEqual(expected(1, 10))
    expect(ring.usedBytes).toBe(0)
    expect(said.map(line => line.replace(/:\d+ /, ' '))).toEqual([
      'http://127.0.0.1 answered HTTP 503 (told to answer 503). The traces are kept and tried again.',
      'http://127.0.0.1 answers: the traces go out.',
    ])
  })

  it('releases in order: a batch that waits keeps those behind it in the ring', async () => {
    const sink = await sinkWith({ respond: ({ index }) => (index === 0 ? 'never' : undefined) })
    const { lane, write, ring } = setUp(sink.url, { timeoutMs: 10_000 })
    write(1, 100)
    void lane.drain()
    await sink.waitUntil(({ requests }) => requests.length >= 1, 'the first request')
    write(101, 110)
    const before = ring.usedBytes
    lane.poll()
    await sink.waitForSpan('span 110')
    expect(ring.usedBytes).toBe(before)
    while (lane.remaining().spans !== 100) await new Promise(resolve => setTimeout(resolve, 5))
    expect(ring.usedBytes).toBe(before)
  })

  it('counts what is refused for good and goes on', async () => {
    const sink = await sinkWith({ respond: ({ index }) => (index === 0 ? { status: 400 } : undefined) })
    const { lane, write, ring, counts, said } = setUp(sink.url)
    write(1, 5)
    await lane.drain()
    expect([...counts.failed]).toEqual([['400', 5]])
    write(6, 7)
    await lane.drain()
    expect(names(sink)).toEqual(expected(6, 7))
    expect(counts.delivered).toBe(2)
    expect(ring.usedBytes).toBe(0)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('are lost; said once')
  })

  it('sends less at once to a collector that takes no more', async () => {
    const sink = await sinkWith({ respond: ({ size }) => (size > 600 ? { status: 413 } : undefined) })
    const { lane, write, ring, counts, said } = setUp(sink.url)
    write(1, 100)
    const huge = spanBytes(101, 'x'.repeat(1000))
    ring.write(frameKinds.span, 0, 0, huge, huge.length)
    await lane.drain()
    expect(names(sink)).toEqual(expected(1, 100))
    expect(counts.delivered).toBe(100)
    expect([...counts.failed]).toEqual([['413', 1]])
    expect(said).toHaveLength(1)
    expect(ring.usedBytes).toBe(0)
  })

  it('counts what a collector refuses of a request that it takes', async () => {
    const sink = await sinkWith({ respond: () => ({ partial: { rejected: 2, message: 'too old' } }) })
    const { lane, write, counts, said } = setUp(sink.url)
    write(1, 5)
    await lane.drain()
    expect(counts.delivered).toBe(3)
    expect([...counts.failed]).toEqual([['rejected', 2]])
    expect(said[0]).toContain('2 refused (too old)')
  })

  it('a restarted reader begins with what the last one had not delivered', async () => {
    const memory = createRingMemory(1 << 16)
    const silent = await sinkWith({ respond: () => 'never' })
    const first = setUp(silent.url, { memory })
    first.write(1, 20)
    void first.lane.drain()
    await silent.waitUntil(({ requests }) => requests.length === 1, 'a request')
    first.destination.close()
    const sink = await sinkWith()
    const second = setUp(sink.url, { memory })
    await second.lane.drain()
    expect(names(sink)).toEqual(expected(1, 20))
    expect(second.ring.usedBytes).toBe(0)
  })

  it('says once that nobody listens, keeps everything, and delivers it later', async () => {
    const gone = await createOtlpSink()
    const { port } = gone
    await gone.close()
    const { lane, write, said, destination } = setUp(gone.url)
    write(1, 3)
    destination.hurry()
    const drained = lane.drain()
    while (!destination.isHopeless) await new Promise(resolve => setTimeout(resolve, 5))
    expect(said.map(line => line.replace(/:\d+ /, ' '))).toEqual([
      'http://127.0.0.1 refused the connection. The traces are kept and tried again.',
    ])
    expect(lane.remaining().spans).toBe(3)
    const sink = await sinkWith({ port })
    destination.hurry()
    await drained
    expect(names(sink)).toEqual(expected(1, 3))
  })

  it('waits for the name of a scope that comes after the record', async () => {
    const sink = await sinkWith()
    const { lane, write, scopes } = setUp(sink.url)
    write(1, 1, 7)
    lane.poll()
    scopes.set(7, 'late')
    await lane.drain()
    expect(sink.spans[0]!.scope.name).toBe('late')
  })

  it('goes round and round in a small ring without losing or mixing up anything', async () => {
    const sink = await sinkWith()
    const { lane, write, ring } = setUp(sink.url, { memory: createRingMemory(1 << 16) })
    for (let round = 0; round < 20; round++) {
      write(round * 400 + 1, round * 400 + 400)
      await lane.drain()
    }
    expect(ring.usedBytes).toBe(0)
    expect(names(sink)).toEqual(expected(1, 8000))
  })
})
