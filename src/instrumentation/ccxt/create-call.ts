import { type Context, context } from '@opentelemetry/api'
import type { AccountOrders, Birth, ReportedIds } from './account-orders.js'
import { clientIdOf, clientIdsIn } from './client-ids.js'
import { type Failure, judge } from './errors.js'
import { isTest, type OrderArguments, orderIntent } from './order-intents.js'
import { type OrderReport, readOrder, sideOf } from './order-report.js'
import { RequestCall } from './request-call.js'
import type { TrackedOrder } from './tracked-order.js'
import { type CcxtExchange, isObject, text } from './unified.js'

interface Item {
  readonly args: OrderArguments
  begun: boolean
  answered: boolean
  /** `undefined` too where the client id is that of a living order. */
  order: TrackedOrder | undefined
}

let unnamed = 0

/**
 * `createOrder`, `createOrders` and the like. An order begins when its request goes out: by then its client id is in
 * the request, also where ccxt makes it. A venue that takes none tells the id of the order with its answer; what its
 * stream says earlier is held until then.
 */
export class CreateCall extends RequestCall implements Birth {
  readonly #items: readonly Item[]
  readonly #caller = context.active()
  #request: unknown
  #response: unknown

  constructor(account: AccountOrders, exchange: CcxtExchange, orders: readonly OrderArguments[]) {
    super(account, exchange)
    this.#items = orders
      .filter(order => !isTest(order))
      .map(args => ({ args, begun: false, answered: false, order: undefined }))
  }

  protected onSending(request: unknown, isFirst: boolean): Context | undefined {
    if (isFirst) this.account.expect(this)
    const { apiKey, uid, login } = this.exchange
    const clientIds = clientIdsIn(request, [apiKey, uid, login])
    if (clientIds.length === this.#items.length) {
      this.#request = request
      for (const [index, item] of this.#items.entries()) this.#begin(item, clientIds[index])
    }
    const [first] = this.#items
    const clientId = first?.order?.clientId
    return clientId === undefined ? undefined : this.account.sink.contextOf?.(clientId, 'submit')
  }

  protected onDone(value: unknown): void {
    const answers = Array.isArray(value) ? value : [value]
    for (const [index, answer] of answers.entries()) this.#answer(answer, index)
    for (const item of this.#items) {
      if (item.answered) continue
      if (this.#items.length > 1) this.#leftOut(item)
      // no order, as far as it can be read, but no error either
      else if (item.order !== undefined) this.account.handedOver(item.order)
    }
  }

  onResponse(response: unknown): void {
    this.#response = response
  }

  protected onFailed(failure: Failure): boolean {
    for (const item of this.#items) {
      const own = clientIdOf(item.args.params)
      this.#begin(item, own ?? `unsent-${process.pid}-${++unnamed}`)
      const retryable = own !== undefined && (this.requested || failure.temporary)
      if (item.order !== undefined) this.account.failed(item.order, failure, retryable)
    }
    return true
  }

  protected override onEnd(): void {
    this.account.settled(this)
  }

  mayBe(ids: ReportedIds): boolean {
    return this.#items.some(
      ({ begun, order, args }) =>
        // with a client id it would have been found by that
        (!begun || (ids.clientId === undefined && order !== undefined && order.orderId === undefined)) &&
        (ids.symbol === undefined || ids.symbol === args.symbol) &&
        (ids.side === undefined || ids.side === sideOf(args.side)),
    )
  }

  claim(_report: OrderReport): undefined {
    return undefined
  }

  #begin(item: Item, clientId: string | undefined, orderId?: string): void {
    if (item.begun) return
    item.begun = true
    const intent = orderIntent(this.exchange, item.args, clientId, this.#request)
    item.order = this.account.begin(intent, this.startTime, this.#caller, orderId)
  }

  #answer(answer: unknown, index: number): void {
    const report = readOrder(answer)
    if (report === undefined) return
    const item =
      this.#items.find(({ order }) => order?.clientId !== undefined && order.clientId === report.clientId) ??
      this.#items[index]
    if (item === undefined) return
    item.answered = true
    // a batch: one of it was refused
    const refused = report.status === 'rejected' && report.orderId === undefined
    if (!item.begun) {
      if (report.orderId === undefined && report.clientId === undefined && !refused) return
      this.#begin(item, report.clientId ?? (refused ? `unsent-${process.pid}-${++unnamed}` : undefined), report.orderId)
    }
    if (item.order === undefined) return
    if (refused) this.#refused(item.order, isObject(answer) ? answer.info : undefined)
    else this.account.answered(item.order, report)
  }

  #refused(order: TrackedOrder, answer: unknown): void {
    const failure = judge(new Error(textOf(answer)), true, this.exchange)
    this.account.failed(order, { ...failure, fate: 'refused', errorType: 'ExchangeError' }, false)
  }

  /** One of a batch that ccxt's answer hasn't. Of Bitget's (4.5.84) it leaves out what was refused. */
  #leftOut(item: Item): void {
    const clientId = item.order?.clientId
    if (item.order === undefined || item.order.accepted) return
    const answer = clientId === undefined ? undefined : findNamed(this.#response, clientId)
    if (answer !== undefined && !hasOrderId(answer)) this.#refused(item.order, answer)
    else
      this.account.failed(item.order, judge(new Error('the answer leaves this order out'), true, this.exchange), false)
  }
}

/** A parser of the application's own may have put anything there. */
function textOf(answer: unknown): string {
  try {
    if (isObject(answer)) return JSON.stringify(answer)
  } catch {
    // it holds itself, or a bigint
  }
  return 'rejected'
}

/** The part of a venue's response that names an order of ours. */
function findNamed(response: unknown, clientId: string, depth = 0): object | undefined {
  if (!isObject(response) || depth > 4) return undefined
  const values = Object.values(response)
  if (values.includes(clientId)) return response
  for (const value of values) {
    const found = findNamed(value, clientId, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function hasOrderId(answer: object): boolean {
  return Object.entries(answer).some(([name, value]) => /^order_?id$/i.test(name) && text(value) !== undefined)
}
