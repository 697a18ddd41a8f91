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

/** Columns of a bar, as the line has room. */
const BAR = { least: 8, most: 56 }
const LABEL = 10
const SERVICE = 11
/** From here on there is room for words. */
const WIDE = 96
/** Clocks of processes differ by a little, and on the picture a tick comes before what it caused. */
const FIRST = ['tick', 'signal', 'order.risk_check']
/** Filled from the left and from the right, in eighths. */
const LEFT = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']

/**
 * One order from tick to fill with its ids, a line for each span: how long, and when. The slowest stage is marked.
 *
 * ```
 * order d-000117 · buy 0.06 BTC/USDT · filled 0.06 @ 60000.94  48.2 ms
 *   tick       market-data ▏                         0.1
 *   submit     execution    ███████████▌            22.9  ◀ slowest
 *   fill 1/2   execution                ███          5.1  0.02 @ 60000.8 maker · id 1047
 *   order id 1042 · trace 4bf92f3577b34da6a3ce929d0e0e4736
 * ```
 *
 * @param columns how wide it may be; from 80 on it keeps within
 */
export function renderWaterfall(spans: readonly WaterfallSpan[], traceId: string, columns = 100): string[] {
  if (spans.length === 0) return []
  const order = spans.find(span => span.name === 'order')
  const stages = spans
    .filter(span => span !== order)
    .sort((a, b) => rank(a) - rank(b) || a.start - b.start || b.end - a.end)
  const begin = Math.min(...spans.map(span => span.start))
  const total = Math.max(...spans.map(span => span.end)) - begin
  const leaves = stages.filter(span => !stages.some(other => other !== span && contains(span, other)))
  const slowest = leaves.reduce<WaterfallSpan | undefined>((a, b) => (a && length(a) >= length(b) ? a : b), undefined)
  const fills = stages.filter(span => span.name === 'order.fill')
  const mark = columns < WIDE ? '◀' : '◀ slowest'
  const rows = stages.map(span => {
    const number = fills.indexOf(span) + 1
    const name = span.name.replace(/^order\./, '') + (number > 0 ? ` ${number}/${fills.length}` : '')
    const notes = [detail(span), span === slowest ? mark : ''].filter(note => note !== '').join('  ')
    const figure = length(span).toFixed(1).padStart(7)
    return { span, label: `  ${name.padEnd(LABEL)} ${span.service.padEnd(SERVICE)} `, rest: ` ${figure}  ${notes}` }
  })
  const room = Math.min(...rows.map(({ label, rest }) => columns - label.length - rest.length))
  const width = Math.max(BAR.least, Math.min(BAR.most, room))
  const lines = rows.map(({ span, label, rest }) => {
    const bar = renderBar((span.start - begin) / (total || 1), (span.end - begin) / (total || 1), width)
    return `${label}${bar}${rest}`.trimEnd()
  })
  return [`${title(order)}  ${total.toFixed(1)} ms`, ...lines, `  ${ids(spans, order, traceId)}`]
}

/** Those by which the order is found at the venue and in a store of traces. */
function ids(spans: readonly WaterfallSpan[], order: WaterfallSpan | undefined, traceId: string): string {
  const name = 'trading.order.id'
  const orderId = order?.attributes[name] ?? spans.map(span => span.attributes[name]).find(id => id !== undefined)
  return `${orderId === undefined ? '' : `order id ${orderId} · `}trace ${traceId}`
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
  const words = [quantity, '@', attributes['trading.execution.price'], attributes['trading.execution.liquidity']]
  const id = attributes['trading.execution.id']
  return words.filter(word => word !== undefined).join(' ') + (id === undefined ? '' : ` · id ${id}`)
}

/** Both from 0 to 1. What is too short to be seen is seen all the same. */
function renderBar(from: number, to: number, width: number): string {
  const left = Math.min(Math.floor(from * width), width - 1)
  const eighths = Math.max(1, Math.round((Math.min(to, 1) * width - left) * 8))
  const bar = '█'.repeat(Math.floor(eighths / 8)) + LEFT[eighths % 8]
  return (' '.repeat(left) + bar).padEnd(width)
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
