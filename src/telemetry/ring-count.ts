import { RingReader } from '../channel/byte-ring.js'
import { frameKinds, type RingMemory, rings as ringList } from '../channel/lanes.js'

/** Records that still lie in a writer's rings, counted from the writing side: there is no reader to ask. */
export function countRecords(rings: RingMemory | undefined): {
  spans: number
  logs: number
} {
  const count = { spans: 0, logs: 0 }
  if (rings === undefined) return count
  for (const { name } of ringList) {
    const reader = new RingReader(rings[name])
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (frame.kind === frameKinds.span) count.spans++
      else count.logs++
    }
  }
  return count
}
