/** What a picture of an order needs of a span. */
export interface WaterfallSpan {
  readonly name: string
  /** The service that it comes from. */
  readonly service: string
  /** In milliseconds, from whatever beginning. */
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

const WIDTH = 56
const LABEL = 12
/** Clocks of processes differ by a little, and on the picture a tick comes before what it caused. */
const FIRST = ['tick', 'signal', 'order.risk_check']
/** Filled from the left and from the right, in eighths. */
const LEFT = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']

/**
 * One order from tick to fill, a line for each span: how long, and when. The slowest stage is marked.
 *
 * ```
 * order d-000117 · buy 0.06 BTC/USDT · filled                                          48.2 ms
 *   tick         market-data ▏                                                          0.1
 *   submit       execution    ███████████████████▌                                     22.9  ◀ slowest
 * ```
 */
export function renderWaterfall(spans: readonly WaterfallSpan[], traceId: string): string[] {
  if (spans.length === 0) return []
  const order = spans.find(span => span.name === 'order')
  const stages = spans
    .filter(span => span !== order)
    .sort((a, b) => rank(a) - rank(b) || a.start - b.start || b.end - a.end)
  const begin = Math.min(...spans.map(span => span.start))
  const total = Math.max(...spans.map(span => span.end)) - begin
  const leaves = stages.filter(span => !stages.some(other => other !== span && contains(span, other)))
  const slowest = leaves.reduce<WaterfallSpan | undefined>((a, b) => (a && length(a) >= length(b) ? a : b), undefined)
  const lines = stages.map(span => {
    const bar = renderBar((span.start - begin) / (total || 1), (span.end - begin) / (total || 1))
    const mark = span === slowest ? '  ◀ slowest' : ''
    const label = `${span.name.replace(/^order\./, '').padEnd(LABEL)} ${span.service.padEnd(LABEL - 1)}`
    return `  ${label} ${bar} ${length(span).toFixed(1).padStart(7)}  ${detail(span)}${mark}`.trimEnd()
  })
  return [`${title(order)}  ${total.toFixed(1)} ms`, ...lines, `  trace ${traceId}`]
}

function title(order: WaterfallSpan | undefined): string {
  const { attributes } = order ?? { attributes: {} as WaterfallSpan['attributes'] }
  const words = ['side', 'quantity'].map(name => attributes[`trading.order.${name}`])
  const what = [...words, attributes['trading.instrument.symbol']].filter(word => word !== undefined).join(' ')
  const filled = attributes['trading.order.cumulative_quantity']
  const price = attributes['trading.order.average_price']
  const result = [
    attributes['trading.order.status'],
    filled,
    price === undefined ? undefined : `@ ${Number(Number(price).toFixed(4))}`,
  ]
  const parts = [what, result.filter(word => word !== undefined).join(' ')].filter(part => part !== '')
  return [`order ${attributes['trading.order.client_id'] ?? ''}`.trimEnd(), ...parts].join(' · ')
}

function detail({ attributes }: WaterfallSpan): string {
  const quantity = attributes['trading.execution.quantity']
  if (quantity === undefined) return ''
  return `${quantity} @ ${attributes['trading.execution.price']} ${attributes['trading.execution.liquidity'] ?? ''}`.trimEnd()
}

/** Both from 0 to 1. What is too short to be seen is seen all the same. */
function renderBar(from: number, to: number): string {
  const left = Math.min(Math.floor(from * WIDTH), WIDTH - 1)
  const eighths = Math.max(1, Math.round((Math.min(to, 1) * WIDTH - left) * 8))
  const bar = '█'.repeat(Math.floor(eighths / 8)) + LEFT[eighths % 8]
  return (' '.repeat(left) + bar).padEnd(WIDTH)
}

function contains(outer: WaterfallSpan, inner: WaterfallSpan): boolean {
  return outer.start <= inner.start && inner.end <= outer.end && length(inner) < length(outer)
}

function rank(span: WaterfallSpan): number {
  const place = FIRST.indexOf(span.name)
  return place === -1 ? FIRST.length : place
}

function length(span: WaterfallSpan): number {
  return span.end - span.start
}
