import { inspect } from 'node:util'
import type { anomalyKinds, orderStages, orderStatuses } from '../catalog/attributes.js'
import type { ReceivedSpan } from './received.js'

/** A stage of an order, as its span is named: `order.<stage>`. */
export type OrderStage = (typeof orderStages)[number]
/** A status that an order ends with. */
export type OrderStatus = (typeof orderStatuses)[number]
/** What didn't fit the order's table. */
export type AnomalyKind = (typeof anomalyKinds)[number]

/** An expectation about an order that didn't come true; the message tells what there is instead. */
export class OrderExpectationError extends Error {
  override readonly name = 'OrderExpectationError'
}

/** Expectations about the trace of one order; each returns itself, or throws an `OrderExpectationError`. */
export interface OrderExpectation {
  /** All spans of the order, in the order of their ends. */
  readonly spans: readonly ReceivedSpan[]
  /** Exactly these stages, in the order in which they ended. */
  toHaveStages(...stages: readonly OrderStage[]): OrderExpectation
  /** The span `order` has ended with that status. */
  toBeDone(status: OrderStatus): OrderExpectation
  /** The span `order` tells these cumulative quantity and average price; decimals are compared by value. */
  toHaveExecuted(quantity: string, averagePrice?: string): OrderExpectation
  toHaveNoAnomalies(): OrderExpectation
  /** Among its anomalies are these. */
  toHaveAnomalies(...kinds: readonly AnomalyKind[]): OrderExpectation
  /** All its spans have one trace id, and every parent that isn't somebody else's is there. */
  toBeOneTrace(): OrderExpectation
  /** The order descends from a span of that name: the tick or signal that caused it. */
  toDescendFrom(spanName: string): OrderExpectation
  /** No span of it has the status ERROR. */
  toHaveNoErrors(): OrderExpectation
}

const CLIENT_ID = 'trading.order.client_id'
const ROOT_ID = 'trading.order.root_id'
const stageOrder = ['risk_check', 'submit', 'ack', 'replace', 'cancel', 'fill']

/**
 * What a test may expect of an order's trace.
 *
 * @throws {OrderExpectationError} when no span carries the id, or no id was given
 *
 * @example
 * await sink.waitForSpan(span => span.name === 'order' && span.attributes['trading.order.client_id'] === 'a-1')
 * expectOrderTrace(sink, { clientId: 'a-1' })
 *   .toHaveStages('submit', 'ack', 'fill', 'fill')
 *   .toBeDone('filled')
 *   .toHaveNoAnomalies()
 *   .toBeOneTrace()
 */
export function expectOrderTrace(
  source: { readonly spans: readonly ReceivedSpan[] } | readonly ReceivedSpan[],
  order: { readonly clientId: string },
): OrderExpectation {
  const clientId = clientIdOf(order)
  const all = 'spans' in source ? source.spans : source
  const spans = spansOf(all, clientId)
  const fail = (expected: string, found: string) => {
    throw new OrderExpectationError(`order ${clientId}: expected ${expected}, but ${found}\n${listing(spans)}`)
  }
  if (spans.length === 0) fail('a trace', `none of ${all.length} spans carries its id. There are: ${knownOrders(all)}`)
  const orderSpan = (): ReceivedSpan =>
    spans.findLast(span => span.name === 'order') ?? fail('the span "order"', 'it has not come (yet)')
  const anomalies = () =>
    spans.flatMap(span =>
      span.events
        .filter(event => event.name === 'trading.order.anomaly')
        .map(event => String(event.attributes['trading.order.anomaly.kind'])),
    )

  const expectation: OrderExpectation = {
    spans,
    toHaveStages(...stages) {
      const found = spans.filter(span => span.name.startsWith('order.')).map(span => span.name.slice('order.'.length))
      if (found.join() !== stages.join()) fail(`the stages ${words(stages)}`, `it has ${words(found)}`)
      return expectation
    },
    toBeDone(status) {
      const found = orderSpan().attributes['trading.order.status']
      if (found !== status) fail(`the status ${status}`, `it ended as ${String(found ?? '(without a status)')}`)
      return expectation
    },
    toHaveExecuted(quantity, averagePrice) {
      const { attributes } = orderSpan()
      const found = String(attributes['trading.order.cumulative_quantity'] ?? '(nothing)')
      if (!isSameDecimal(found, quantity)) fail(`${quantity} executed`, `${found} was`)
      const price = String(attributes['trading.order.average_price'] ?? '(none)')
      if (averagePrice !== undefined && !isSameDecimal(price, averagePrice)) {
        fail(`the average price ${averagePrice}`, `it is ${price}`)
      }
      return expectation
    },
    toHaveNoAnomalies() {
      const found = anomalies()
      if (found.length > 0) fail('no anomalies', `it has ${words(found)}`)
      return expectation
    },
    toHaveAnomalies(...kinds) {
      const found = anomalies()
      const missing = kinds.filter(kind => !found.includes(kind))
      if (missing.length > 0) fail(`the anomalies ${words(missing)}`, `it has ${words(found)}`)
      return expectation
    },
    toBeOneTrace() {
      const traces = [...new Set(spans.map(span => span.traceId))]
      if (traces.length > 1) fail('one trace', `its spans lie in ${traces.length}: ${traces.join(', ')}`)
      const order = orderSpan()
      const stray = spans.find(
        span => span !== order && !ancestors(span, all).includes(order) && !isSibling(span, order, all),
      )
      if (stray !== undefined) fail('one tree', `${stray.name} (${stray.spanId}) doesn't hang together with "order"`)
      return expectation
    },
    toDescendFrom(spanName) {
      const line = ancestors(orderSpan(), all).map(span => span.name)
      if (!line.includes(spanName)) fail(`an order that came from "${spanName}"`, `above it there is ${words(line)}`)
      return expectation
    },
    toHaveNoErrors() {
      const failed = spans.find(span => span.status.code === 'error')
      if (failed !== undefined) fail('no errors', `${failed.name} failed: ${failed.status.message || '(no message)'}`)
      return expectation
    },
  }
  return expectation
}

/** Tests in JavaScript have no compiler that says it. */
function clientIdOf(order: unknown): string {
  const clientId: unknown = Object(order).clientId
  if (typeof clientId === 'string' && clientId !== '') return clientId
  const example = typeof order === 'string' && order !== '' ? order : 'A1'
  const found = order === undefined ? 'no second argument' : inspect(order, { depth: 1, breakLength: Infinity })
  throw new OrderExpectationError(
    `expectOrderTrace needs to know which order: write { clientId: '${example}' } as its second argument; there is ${found}`,
  )
}

/** Every span that carries one of the ids of the order's chain of replaces. */
function spansOf(all: readonly ReceivedSpan[], clientId: string): ReceivedSpan[] {
  const carriers = all.filter(
    ({ attributes }) => attributes[CLIENT_ID] === clientId || attributes[ROOT_ID] === clientId,
  )
  const roots = new Set(carriers.map(({ attributes }) => attributes[ROOT_ID]).filter(id => id !== undefined))
  const chain = all.filter(({ attributes }) => roots.has(attributes[ROOT_ID] ?? ''))
  const ids = new Set([clientId, ...chain.map(({ attributes }) => attributes[CLIENT_ID])])
  return all
    .filter(({ name, attributes }) => {
      if (name !== 'order' && !name.startsWith('order.')) return false
      return attributes[ROOT_ID] === undefined ? ids.has(attributes[CLIENT_ID]!) : roots.has(attributes[ROOT_ID])
    })
    .sort(byEnd)
}

function byEnd(a: ReceivedSpan, b: ReceivedSpan): number {
  if (a.endTimeUnixNano !== b.endTimeUnixNano) return a.endTimeUnixNano < b.endTimeUnixNano ? -1 : 1
  const rank = (span: ReceivedSpan) => stageOrder.indexOf(span.name.slice('order.'.length)) >>> 0
  return rank(a) - rank(b)
}

function ancestors(span: ReceivedSpan, all: readonly ReceivedSpan[]): ReceivedSpan[] {
  const line: ReceivedSpan[] = []
  let current: ReceivedSpan | undefined = span
  while (current !== undefined && current.parentSpanId !== '') {
    const { traceId, parentSpanId }: ReceivedSpan = current
    current = all.find(other => other.spanId === parentSpanId && other.traceId === traceId)
    if (current === undefined || line.includes(current)) break
    line.push(current)
  }
  return line
}

/** The risk check comes before the order has a span of its own: the two have a span above them in common. */
function isSibling(span: ReceivedSpan, order: ReceivedSpan, all: readonly ReceivedSpan[]): boolean {
  if (span.parentSpanId !== '' && span.parentSpanId === order.parentSpanId) return true
  const above = ancestors(order, all)
  return span.name === 'order.risk_check' && ancestors(span, all).some(other => above.includes(other))
}

function isSameDecimal(a: string, b: string): boolean {
  return normalized(a) === normalized(b)
}

function normalized(decimal: string): string {
  const match = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal)
  if (match === null) return decimal
  const [, sign, whole, fraction = ''] = match
  const value = `${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`
  return value === '0' ? '0' : `${sign}${value}`
}

function words(list: readonly string[]): string {
  return list.length === 0 ? 'none' : list.join(', ')
}

function knownOrders(all: readonly ReceivedSpan[]): string {
  const ids = all.map(({ attributes }) => attributes[CLIENT_ID]).filter(id => id !== undefined)
  return words([...new Set(ids.map(String))].slice(0, 10))
}

function listing(spans: readonly ReceivedSpan[]): string {
  const starts = spans.map(({ startTimeUnixNano }) => startTimeUnixNano).sort((a, b) => (a < b ? -1 : 1))
  const start = starts[0] ?? 0n
  return spans
    .map(span => {
      const from = (Number(span.startTimeUnixNano - start) / 1e6).toFixed(3)
      const kinds = span.events.map(event => event.attributes['trading.order.anomaly.kind'] ?? event.name)
      return `  ${span.name}  +${from} ms, ${span.durationMs.toFixed(3)} ms${kinds.length === 0 ? '' : `  ⚠ ${kinds.join(', ')}`}`
    })
    .join('\n')
}
