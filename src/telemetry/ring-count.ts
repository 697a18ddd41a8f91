import { RingReader } from '../channel/byte-ring.js'
import { frameKinds, type Lane, lanes } from '../channel/lanes.js'

/** Records that still lie in a writer's rings, counted from the writing side: there is no reader to ask. */
export function countRecords(rings: Readonly<Record<Lane, SharedArrayBuffer>> | undefined): {
  spans: number
  logs: number
} {
  const count = { spans: 0, logs: 0 }
  if (rings === undefined) return count
  for (const lane of lanes) {
    const reader = new RingReader(rings[lane])
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (frame.kind === frameKinds.span) count.spans++
      else count.logs++
    }
  }
  return count
}
