import type { InstrumentDescriptor } from './messages.js'

/*
 * A histogram in series memory: the version, then blocks of its figures. The first block holds the explicit buckets
 * since the start, for the scrape. What the OTLP reader wants otherwise has blocks of its own behind it:
 *
 *   exponential buckets, cumulative   one block
 *   delta                             two blocks, explicit or exponential: one for the interval that is running, one
 *                                     for the interval before, which the writer doesn't touch until it was delivered
 *
 *   explicit      word 0  version or epoch · 1 sum · 2 minimum · 3 maximum · 4… counts, the last above all bounds
 *   exponential   word 0  epoch · 1 sum · 2 minimum · 3 maximum · 4 zeros · 5 scale
 *                 6, 7    first and last index of the positive buckets (last below first: none) · 8, 9 of the negative
 *                 10…     counts of the positive buckets, then of the negative ones: index i lies at i modulo the size
 *
 * The epoch says which interval a block belongs to. All blocks change under the one version of the series.
 */

/** Words of an explicit block before its buckets. */
export const HISTOGRAM_HEADER_WORDS = 4
/** Words of an exponential block before its buckets. */
export const EXPONENTIAL_HEADER_WORDS = 10
export const SUM = 1
export const MINIMUM = 2
export const MAXIMUM = 3
export const ZERO_COUNT = 4
export const SCALE = 5
export const POSITIVE_START = 6
export const NEGATIVE_START = 8

/** More boundaries than this make a series larger than is sensible for any scrape. */
export const MAXIMUM_BOUNDARIES = 1000
/** Exponential buckets of one sign: the least that upstream takes, and as many as fit into a chunk with all blocks. */
export const EXPONENTIAL_SIZES = { minimum: 2, default: 160, maximum: 1600 } as const
/** An epoch that no interval has. */
export const NO_EPOCH = -1

/** Where the blocks of a histogram lie, from the beginning of its series. */
export interface HistogramLayout {
  readonly words: number
  readonly explicitWords: number
  /** Offsets of the blocks for the OTLP reader; none where it takes the first block. */
  readonly blocks: readonly number[]
  readonly blockWords: number
}

/** The place that a histogram of this instrument needs. */
export function histogramLayout(
  descriptor: Pick<InstrumentDescriptor, 'boundaries' | 'exponentialSize' | 'signed' | 'temporality'>,
): HistogramLayout {
  const { boundaries, exponentialSize, signed, temporality } = descriptor
  const explicitWords = HISTOGRAM_HEADER_WORDS + boundaries.length + 1
  const blockWords =
    exponentialSize === 0 ? explicitWords : EXPONENTIAL_HEADER_WORDS + exponentialSize * (signed ? 2 : 1)
  const count = temporality === 'delta' ? 2 : exponentialSize === 0 ? 0 : 1
  const blocks = Array.from({ length: count }, (_, i) => explicitWords + i * blockWords)
  return { words: explicitWords + count * blockWords, explicitWords, blocks, blockWords }
}
