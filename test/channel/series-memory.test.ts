import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { WriterMessage } from '../../src/channel/messages.js'
import {
  CHUNK_WORDS,
  chunkOffset,
  EXEMPLAR_WORDS,
  measurement,
  readExemplars,
  readWhole,
  SeriesMemory,
  writeExemplar,
} from '../../src/channel/series-memory.js'
import { TraceRef } from '../../src/channel/trace-ref.js'
import { Observation } from '../../src/export/observation.js'
import { SeriesEnds } from '../../src/export/series-ends.js'
import { SeriesProducer } from '../../src/export/series-producer.js'
import { WriterState } from '../../src/export/writer-state.js'
import { type FoundSeries, foundSeries } from './found-series.js'

test('chunks are added as series need them, and a series never crosses one', () => {
  const memory = new SeriesMemory(() => {})
  const addresses = Array.from({ length: 2000 }, () => memory.allocate(21))
  expect(memory.chunks.length).toBe(Math.ceil(2000 / Math.floor(CHUNK_WORDS / 21)))
  for (const address of addresses) expect(chunkOffset(address) + 21).toBeLessThanOrEqual(CHUNK_WORDS)
  expect(new Set(addresses).size).toBe(2000)
  expect(addresses[0]!).toBeGreaterThan(0)
})

test('a reader of a writer at full speed sees only whole histograms, and no exemplar with another’s trace', async () => {
  const boundaries = [1, 2, 4, 8, 16]
  const values = [0.5, 1.5, 3, 6, 12, 24]
  const stop = new SharedArrayBuffer(4)
  const worker = new Worker(new URL('../fixtures/series-writer.mjs', import.meta.url), {
    workerData: { boundaries, values, stop },
    execArgv: [],
  })
  try {
    const messages: WriterMessage[] = []
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.on('message', message => {
        if (message === 'ready') resolve()
        else messages.push(message)
      })
    })
    const [{ chunk, offset }] = foundSeries(messages) as [FoundSeries]
    const into = new Float64Array(4 + values.length)
    const until = performance.now() + 1500
    let whole = 0
    let exemplarsSeen = 0
    let last = 0
    while (performance.now() < until) {
      if (readWhole(chunk, offset, into.length, into)) {
        whole++
        const counts = into.subarray(4)
        expect(into[1]).toBe(counts.reduce((sum, count, i) => sum + count * values[i]!, 0))
        const count = counts.reduce((sum, each) => sum + each, 0)
        expect(count).toBeGreaterThanOrEqual(last)
        last = count
      }
      for (const { value, traceId, spanId } of readExemplars(chunk, chunk.ints[offset * 2 + 1]!) ?? []) {
        exemplarsSeen++
        const id = String(values.indexOf(value) + 1).padStart(8, '0')
        expect([traceId, spanId]).toEqual([id.repeat(4), id.repeat(2)])
      }
    }
    expect(whole).toBeGreaterThan(100)
    expect(exemplarsSeen).toBeGreaterThan(100)
    Atomics.store(new Int32Array(stop), 0, 1)
    const { records } = await new Promise<{ records: number }>(resolve => worker.once('message', resolve))
    expect(readWhole(chunk, offset, into.length, into)).toBe(true)
    expect(into.subarray(4).reduce((sum, each) => sum + each, 0)).toBe(records)
  } finally {
    await worker.terminate()
  }
})

test('an exemplar keeps its ids whatever number their digits would be', () => {
  const memory = new SeriesMemory(() => {})
  const address = memory.allocate(EXEMPLAR_WORDS)
  const chunk = memory.chunkOf(address)
  // read as fractions, most are not numbers, and of the kind that may be exchanged for another
  const ids = ['7ff00000', '7ff40001', 'fff00000', 'fff7ffff', '7ff80000', '00000001', 'ffffffff']
  // as often as the compiler looks at it
  let last: unknown
  for (let i = 0; i < 20_000; i++) {
    const [traceId, spanId] = [4, 2].map((length, from) =>
      Array.from({ length }, (_, at) => ids[(i + from + at * 3) % ids.length]!).join(''),
    ) as [string, string]
    measurement[0] = i % 100
    measurement[1] = i + 1
    writeExemplar(chunk, chunkOffset(address), TraceRef.parse(traceId, spanId))
    const [newest, largest] = readExemplars(chunk, chunkOffset(address))!
    expect(newest).toEqual({ value: i % 100, timeMs: i + 1, traceId, spanId })
    if (i % 100 === 99) last = newest
    if (i >= 100) expect(largest ?? newest).toEqual(last)
  }
})

test('exponential histograms that rescale, end and begin at full speed are read whole, and never under another’s name', async () => {
  const stop = new SharedArrayBuffer(4)
  const worker = new Worker(new URL('../fixtures/block-series-writer.mjs', import.meta.url), {
    workerData: { stop },
    execArgv: [],
  })
  try {
    const writers = new Map<number, WriterState>()
    let end: { recorded: number; released: number } | undefined
    worker.on('message', (message: WriterMessage | { recorded: number; released: number }) => {
      if (!('kind' in message)) end = message
      else if (message.kind === 'writer') writers.set(message.writer, new WriterState(message))
      else {
        writers.get(message.writer)?.describe(message)
        if (message.kind === 'gone') worker.postMessage({ kind: 'freed', writer: 0, ids: [message.id] })
      }
    })
    const observation = new Observation({ writers, ask: () => {}, timeoutMs: 10, isLoopHeld: () => true })
    const producers = (['otlp', 'scrape'] as const).map(reader => new SeriesProducer(writers, observation, reader))
    const ends = new SeriesEnds(writers, ['otlp', 'scrape'], 0, message => worker.postMessage(message))
    const told = new Map<number, number>()
    const until = performance.now() + 3000
    let quiet = 0
    while (quiet < 3) {
      if (performance.now() > until) Atomics.store(new Int32Array(stop), 0, 1)
      if (end !== undefined) quiet++
      for (const producer of producers) {
        const { resourceMetrics } = await producer.collect()
        producer.taken()
        for (const point of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)[0]?.dataPoints ?? []) {
          const name = point.attributes.name as number | undefined
          if (name === undefined) continue
          const value = point.value as {
            count: number
            sum: number
            min?: number
            max?: number
            positive?: { bucketCounts: number[] }
          }
          if (value.positive !== undefined) {
            expect(value.positive.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(value.count)
          }
          // the sum of so many of its own values: name × (2^0 + … + 2^19), again and again
          const rounds = Math.floor(value.count / 20) * (2 ** 20 - 1) + (2 ** (value.count % 20) - 1)
          expect(value.sum).toBe(name * rounds)
          if (value.min !== undefined) expect(value.min).toBe(name)
          told.set(name, value.count)
        }
      }
      ends.tellServed()
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    expect(told.size).toBeGreaterThan(100)
    // what was released has been told to its last measurement
    expect([...told.values()].every(count => count === 200)).toBe(true)
  } finally {
    await worker.terminate()
  }
}, 30_000)
