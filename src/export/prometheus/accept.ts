/** A form in which metrics can be told. */
export interface ExpositionFormat {
  readonly name: 'text' | 'openmetrics'
  readonly contentType: string
}

/** Prometheus's text format. */
export const textFormat: ExpositionFormat = {
  name: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
}

/** OpenMetrics: the same with exemplars. */
export const openMetricsFormat: ExpositionFormat = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

interface Range {
  /** Lower case, `type/subtype` or one of the wildcards; of an encoding just its name. */
  readonly token: string
  readonly version: string | undefined
  readonly quality: number
}

/** A header longer than this isn't looked at further: no client has so many wishes. */
const MAXIMUM_HEADER_LENGTH = 4096

/** Reads `Accept` or `Accept-Encoding` (RFC 9110 §12.4.2, §12.5). What can't be read counts as not there. */
function parseRanges(header: string): Range[] {
  const ranges: Range[] = []
  for (const part of header.slice(0, MAXIMUM_HEADER_LENGTH).split(',')) {
    const [token = '', ...parameters] = part.split(';').map(piece => piece.trim())
    if (!/^[\w!#$%&'*+.^`|~-]+(\/[\w!#$%&'*+.^`|~-]+)?$/.test(token)) continue
    let quality = 1
    let version: string | undefined
    for (const parameter of parameters) {
      const [name = '', value = ''] = parameter.split('=').map(piece => piece.trim())
      if (name.toLowerCase() === 'q') quality = /^(0(\.\d*)?|1(\.0*)?)$/.test(value) ? Number(value) : 0
      else if (name.toLowerCase() === 'version') version = value.replace(/^"(.*)"$/, '$1')
    }
    ranges.push({ token: token.toLowerCase(), version, quality })
  }
  return ranges
}

/** The most specific range that fits decides. */
function qualityOf(
  ranges: readonly Range[],
  type: string,
  versions: readonly string[],
): [quality: number, rank: number] {
  const [main] = type.split('/')
  let best: [quality: number, rank: number] = [0, 0]
  for (const { token, version, quality } of ranges) {
    const rank = token === type ? (version === undefined ? 3 : 4) : token === `${main}/*` ? 2 : token === '*/*' ? 1 : 0
    if (rank === 0 || (rank === 4 && !versions.includes(version!))) continue
    if (rank > best[1] || (rank === best[1] && quality > best[0])) best = [quality, rank]
  }
  return best
}

/**
 * The format for an `Accept` header. OpenMetrics for whoever names it and likes it at least as much as the text
 * format; the text format for everybody else, a browser and a broken header included.
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  const ranges = parseRanges(accept ?? '')
  const [text] = qualityOf(ranges, 'text/plain', ['0.0.4'])
  const [openMetrics, rank] = qualityOf(ranges, 'application/openmetrics-text', ['1.0.0', '0.0.1'])
  const named = rank >= 2
  return openMetrics > text || (named && openMetrics > 0 && openMetrics === text) ? openMetricsFormat : textFormat
}

/** Whether a client takes gzip, by its `Accept-Encoding`. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const ranges = parseRanges(acceptEncoding ?? '')
  const identity = ranges.find(range => range.token === 'identity')?.quality ?? 0
  return ranges.some(
    ({ token, quality }) => (token === 'gzip' || token === 'x-gzip') && quality > 0 && quality >= identity,
  )
}
