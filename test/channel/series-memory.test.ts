import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { WriterMessage } from '../../src/channel/messages.js'
import { CHUNK_WORDS, Chunk, readExemplars, readWhole, SeriesMemory } from '../../src/channel/series-memory.js'

test('chunks are added as series need them, and a series never crosses one', () => {
  const memory = new SeriesMemory(() => {})
  const slots = Array.from({ length: 2000 }, () => memory.allocate(21))
  expect(memory.chunks.length).toBe(Math.ceil(2000 / Math.floor(CHUNK_WORDS / 21)))
  for (const { offset } of slots) expect(offset + 21).toBeLessThanOrEqual(CHUNK_WORDS)
  expect(new Set(slots.map(slot => slot.address)).size).toBe(2000)
  expect(slots[0]!.address).toBeGreaterThan(0)
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
    const chunks = messages.flatMap(message => (message.kind === 'chunk' ? [new Chunk(message.memory)] : []))
    const { address } = messages.find(message => message.kind === 'series')!
    const chunk = chunks[Math.floor(address / CHUNK_WORDS)]!
    const offset = address % CHUNK_WORDS
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
