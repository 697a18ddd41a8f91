import type { InstrumentDescriptor, SeriesAttributes, WriterMessage } from '../../src/channel/messages.js'
import { BLOCK_ENTRIES, parseAttributes, readEntry, readText } from '../../src/channel/series-directory.js'
import { Chunk, chunkIndex, chunkOffset } from '../../src/channel/series-memory.js'

/** A series as a reader finds it. */
export interface FoundSeries {
  readonly id: number
  readonly address: number
  readonly chunk: Chunk
  readonly offset: number
  readonly instrument: InstrumentDescriptor
  readonly attributes: SeriesAttributes
}

/** What a reader finds now, from the messages of one writer and the memory alone. */
export function foundSeries(messages: readonly WriterMessage[]): FoundSeries[] {
  const chunks = new Map(messages.flatMap(m => (m.kind === 'chunk' ? [[m.index, new Chunk(m.memory)] as const] : [])))
  const instruments = new Map(messages.flatMap(m => (m.kind === 'instrument' ? [[m.id, m.instrument] as const] : [])))
  const blocks = messages.flatMap(m => (m.kind === 'directory' ? [m] : [])).sort((a, b) => a.index - b.index)
  return blocks.flatMap(({ index, memory }) => {
    const block = new Int32Array(memory)
    return Array.from({ length: BLOCK_ENTRIES }, (_, at) => at).flatMap(at => {
      const entry = readEntry(block, at)
      if (entry === undefined) return []
      const text = readText(chunks.get(chunkIndex(entry.text))!, chunkOffset(entry.text))
      return {
        id: index * BLOCK_ENTRIES + at,
        address: entry.address,
        chunk: chunks.get(chunkIndex(entry.address))!,
        offset: chunkOffset(entry.address),
        instrument: instruments.get(entry.instrument)!,
        attributes: parseAttributes(text),
      }
    })
  })
}
