import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRingMemory, RingReader, RingWriter } from '../../src/channel/byte-ring.js'
import { frameKinds } from '../../src/channel/lanes.js'

const payload = (size: number, seed: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + seed) & 255)

describe('byte ring', () => {
  test('what is written comes out whole, in order, with its tags', () => {
    const memory = createRingMemory(1)
    const writer = new RingWriter(memory)
    const reader = new RingReader(memory)
    expect(reader.next()).toBeUndefined()
    writer.write(frameKinds.span, 3, 70_000, payload(10, 1), 10)
    writer.write(frameKinds.log, 0, 1, payload(100, 2), 5)
    const first = reader.next()!
    expect([first.kind, first.resource, first.scope, [...first.payload]]).toEqual([1, 3, 70_000, [...payload(10, 1)]])
    const second = reader.next()!
    expect([second.kind, [...second.payload]]).toEqual([2, [...payload(5, 2)]])
    expect(reader.next()).toBeUndefined()
  })

  test('a full ring refuses, and takes again what was released', () => {
    const memory = createRingMemory(1)
    const writer = new RingWriter(memory)
    const reader = new RingReader(memory)
    let written = 0
    while (writer.write(frameKinds.span, 0, 0, payload(1000, written), 1000)) written++
    expect(written).toBe(Math.floor(65536 / 1012))
    const frame = reader.next()!
    expect(writer.write(frameKinds.span, 0, 0, payload(1000, 0), 1000)).toBe(false)
    reader.release(frame.end)
    // the room lies at the start, behind a skipped rest
    reader.release(reader.next()!.end)
    expect(writer.write(frameKinds.span, 0, 0, payload(1000, 0), 1000)).toBe(true)
  })

  test('a record larger than half the ring never fits', () => {
    const writer = new RingWriter(createRingMemory(1))
    expect(writer.maximumPayloadBytes).toBe(32768 - 12)
    expect(writer.write(frameKinds.span, 0, 0, payload(32757, 0), 32757)).toBe(false)
    expect(writer.write(frameKinds.span, 0, 0, payload(32756, 0), 32756)).toBe(true)
  })

  test('a restarted reader begins with what was not released', () => {
    const memory = createRingMemory(1)
    const writer = new RingWriter(memory)
    const reader = new RingReader(memory)
    for (let i = 0; i < 3; i++) writer.write(frameKinds.span, 0, i, payload(8, i), 8)
    reader.release(reader.next()!.end)
    reader.next()
    const restarted = new RingReader(memory)
    expect([restarted.next()!.scope, restarted.next()!.scope, restarted.next()]).toEqual([1, 2, undefined])
    reader.rewind()
    expect(reader.next()!.scope).toBe(1)
  })

  test('any sequence of writes, reads and releases keeps order and content, across many turns of the ring', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9000), fc.nat(3)), { minLength: 50, maxLength: 400 }), steps => {
        const memory = createRingMemory(1)
        const writer = new RingWriter(memory)
        const reader = new RingReader(memory)
        let written = 0
        let read = 0
        const sizes: number[] = []
        for (const [size, reads] of steps) {
          if (writer.write(frameKinds.span, 0, written, payload(size, written), size)) {
            sizes.push(size)
            written++
          }
          for (let i = 0; i < reads; i++) {
            const frame = reader.next()
            if (frame === undefined) break
            expect(frame.scope).toBe(read)
            expect(Buffer.compare(frame.payload, payload(sizes[read]!, read))).toBe(0)
            read++
            reader.release(frame.end)
          }
        }
        while (reader.next() !== undefined) read++
        expect(read).toBe(written)
      }),
      { numRuns: 60 },
    )
  })
})
