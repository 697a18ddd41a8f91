import { dropIndex } from '../channel/control-block.js'
import type { ValueLimits } from '../channel/otlp-values.js'
import type { ChannelWriter } from '../channel/writer.js'

const CUT = dropIndex('attribute_cut')

/**
 * Longest attribute value, in UTF-16 units, unless OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT says otherwise: enough for
 * a stack trace, too little to push orders out of a ring.
 */
export const DEFAULT_VALUE_LENGTH = 8192

/** Limits whose cuts have been counted. */
export function countCuts(writer: ChannelWriter, limits: ValueLimits): void {
  if (limits.cut === 0) return
  writer.control.countDrop(CUT, limits.cut)
  limits.cut = 0
}
