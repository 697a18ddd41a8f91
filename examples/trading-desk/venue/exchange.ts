import { Account } from './account.js'
import { type Decimal, decimal, floorTo, multiply, ONE } from './decimal.js'
import type { Instrument } from './instrument.js'
import type { LatencyModel } from './latency.js'
import { crosses, fillable, match, opposite, quantityForQuote } from './matching.js'
import { type Execution, isOpen, leaves, type Order, type OrderStatus, type Side, type Trade } from './order.js'
import { OrderBook } from './order-book.js'
import { checkFilters, type OrderRequest, type Refusal } from './order-checks.js'

export type ExchangeEvent =
  | { type: 'order'; order: Order; requestId?: string }
  | { type: 'execution'; execution: Execution }
  | { type: 'refused'; account: Account; request: OrderRequest; reason: Refusal }
  | { type: 'balances'; account: Account; assets: readonly string[] }
  | { type: 'trade'; trade: Trade }
  | { type: 'level'; book: OrderBook; side: Side; price: Decimal; quantity: Decimal }

export type Outcome<T> = ({ ok: true } & T) | { ok: false; reason: Refusal }
/** What a venue looks at before it accepts an order. */
export interface ExchangeRules {
  /** Whether post-only orders that would take, and market orders for which nobody is there, are refused at the door. */
  readonly refusesByBook: boolean
}
export interface Amendment {
  readonly price?: Decimal | undefined
  /** In all, with what has been executed already. */
  readonly quantity?: Decimal | undefined
}
export type OrderReference = { readonly id?: number; readonly clientId?: string }

const COMMISSION = decimal('0.001')
const MAX_OPEN_ORDERS = 200
const RECENT_TRADES = 1000
/** Of each account: those that are open, and of the others the newest. */
const KEPT_ORDERS = 10_000

/** The exchange itself: accounts, books, orders. It knows no protocol; what happens it tells its listeners. */
export class Exchange {
  readonly #funds: Readonly<Record<string, string>>
  readonly #latency: LatencyModel
  readonly #rules: ExchangeRules
  readonly #keptOrders: number
  readonly #books = new Map<string, OrderBook>()
  readonly #lastPrices = new Map<string, Decimal>()
  readonly #recentTrades = new Map<string, Trade[]>()
  readonly #accounts = new Map<string, Account>()
  readonly #orders = new Map<Account, Order[]>()
  readonly #listeners: ((event: ExchangeEvent) => void)[] = []
  #lastOrderId = 0
  #lastTradeId = 0

  constructor(
    instruments: readonly Instrument[],
    funds: Readonly<Record<string, string>>,
    latency: LatencyModel,
    rules: ExchangeRules,
    keptOrders = KEPT_ORDERS,
  ) {
    this.#funds = funds
    this.#latency = latency
    this.#rules = rules
    this.#keptOrders = keptOrders
    for (const instrument of instruments) {
      const book: OrderBook = new OrderBook(instrument, (side, price, quantity) =>
        this.#emit({ type: 'level', book, side, price, quantity }),
      )
      this.#books.set(instrument.id, book)
      this.#recentTrades.set(instrument.id, [])
    }
  }

  listen(listener: (event: ExchangeEvent) => void): void {
    this.#listeners.push(listener)
  }

  instruments(): Instrument[] {
    return [...this.#books.values()].map(book => book.instrument)
  }

  book(instrumentId: string): OrderBook | undefined {
    return this.#books.get(instrumentId)
  }

  trades(instrument: Instrument): readonly Trade[] {
    return this.#recentTrades.get(instrument.id)!
  }

  lastPrice(instrument: Instrument): Decimal {
    return this.#lastPrices.get(instrument.id) ?? 0n
  }

  /** Where trading starts before anything has traded. */
  setReferencePrice(instrument: Instrument, price: Decimal): void {
    this.#lastPrices.set(instrument.id, price)
  }

  account(key: string): Account {
    let account = this.#accounts.get(key)
    if (!account) {
      account = new Account(key, this.#funds)
      this.#accounts.set(key, account)
      this.#orders.set(account, [])
    }
    return account
  }

  orders(account: Account): readonly Order[] {
    return this.#orders.get(account)!
  }

  /** @param instrument where the venue's ids need one to be told apart */
  find(account: Account, instrument: Instrument | undefined, reference: OrderReference): Order | undefined {
    return this.orders(account).findLast(
      order =>
        (instrument === undefined || order.instrument === instrument) &&
        (reference.id === undefined ? order.clientId === reference.clientId : order.id === reference.id),
    )
  }

  async place(account: Account, request: OrderRequest): Promise<Outcome<{ order: Order }>> {
    const reason = this.#check(account, request)
    if (reason) {
      this.#emit({ type: 'refused', account, request, reason })
      return { ok: false, reason }
    }
    const order = this.#accept(account, request)
    order.matched = this.#latency.pass('match').then(() => this.#meetBook(order))
    await order.matched
    return { ok: true, order }
  }

  async cancel(
    account: Account,
    instrument: Instrument | undefined,
    reference: OrderReference,
    requestId?: string,
    status: 'canceled' | 'replaced' = 'canceled',
  ): Promise<Outcome<{ order: Order }>> {
    await this.#latency.pass('cancel')
    const order = this.find(account, instrument, reference)
    await order?.matched
    if (!order || !isOpen(order)) return { ok: false, reason: 'unknown_order' }
    this.#close(order, status, requestId)
    return { ok: true, order }
  }

  /** Changes a living order, which keeps its id; its place in the queue only where it asks for less at the same price. */
  async amend(
    account: Account,
    instrument: Instrument | undefined,
    reference: OrderReference,
    amendment: Amendment,
  ): Promise<Outcome<{ order: Order }>> {
    await this.#latency.pass('cancel')
    const order = this.find(account, instrument, reference)
    await order?.matched
    if (!order || !isOpen(order)) return { ok: false, reason: 'unknown_order' }
    const { price = order.price, quantity = order.quantity } = amendment
    if (quantity <= order.executed) return { ok: false, reason: 'below_executed' }
    const filter = checkFilters({ ...order, price, quantity }, this.lastPrice(order.instrument))
    if (filter) return { ok: false, reason: filter }
    const { asset, amount } = this.#cost({ ...order, price, quantity: quantity - order.executed }, 0n)
    if (amount - order.reserved > account.free(asset)) return { ok: false, reason: 'insufficient_balance' }
    account.reserve(asset, amount - order.reserved)
    order.reserved = amount
    const book = this.#books.get(order.instrument.id)!
    const keepsPlace = price === order.price && quantity <= order.quantity
    if (!keepsPlace) book.remove(order)
    order.price = price
    order.quantity = quantity
    order.updatedAt = Date.now()
    this.#emit({ type: 'order', order })
    this.#tellBalances(order)
    if (keepsPlace) book.changed(order.side, order.price)
    else this.#meetBook(order)
    return { ok: true, order }
  }

  /** An order of the other participants: matched at once, resting if it is `limit` and not done. */
  participate(instrument: Instrument, side: Side, kind: 'rest' | 'take', price: Decimal, quantity: Decimal): Order {
    const timeInForce = kind === 'rest' ? 'gtc' : 'ioc'
    const request = {
      instrument,
      side,
      type: 'limit' as const,
      timeInForce,
      price,
      quantity,
      quoteQuantity: 0n,
    } as const
    const order = this.#createOrder(undefined, { ...request, clientId: 'participant' })
    this.#meetBook(order)
    return order
  }

  withdraw(order: Order): void {
    if (isOpen(order)) this.#close(order, 'canceled')
  }

  #check(account: Account, request: OrderRequest): Refusal | undefined {
    const { instrument, side, type } = request
    const filter = checkFilters(request, this.lastPrice(instrument))
    if (filter) return filter
    const open = this.orders(account).filter(isOpen)
    if (open.length >= MAX_OPEN_ORDERS) return 'too_many_orders'
    if (open.some(order => order.clientId === request.clientId)) return 'duplicate_client_id'
    const best = this.#books.get(instrument.id)!.best(opposite(side))
    const { refusesByBook } = this.#rules
    if (refusesByBook && type === 'limit_maker' && best && crosses({ ...request, type: 'limit' }, best))
      return 'would_match'
    if (refusesByBook && type === 'market' && !best) return 'no_liquidity'
    const { asset, amount } = this.#cost(request, best?.price ?? 0n)
    return amount > account.free(asset) ? 'insufficient_balance' : undefined
  }

  #cost(request: OrderRequest, bestPrice: Decimal): { asset: string; amount: Decimal } {
    const { instrument, side, quantity } = request
    if (side === 'sell') return { asset: instrument.base, amount: quantity }
    if (request.quoteQuantity > 0n) return { asset: instrument.quote, amount: request.quoteQuantity }
    const price = request.type === 'market' ? bestPrice : request.price
    return { asset: instrument.quote, amount: multiply(price, quantity) }
  }

  #createOrder(account: Account | undefined, request: OrderRequest): Order {
    const id = ++this.#lastOrderId
    const now = Date.now()
    const { clientId, ...rest } = request
    return {
      ...rest,
      id,
      clientId: clientId ?? `v${id}`,
      namedByClient: clientId !== undefined,
      account,
      executed: 0n,
      executedQuote: 0n,
      status: 'new',
      createdAt: now,
      updatedAt: now,
      reserved: 0n,
      executions: [],
      matched: Promise.resolve(),
    }
  }

  #accept(account: Account, request: OrderRequest): Order {
    const order = this.#createOrder(account, request)
    this.#keep(account, order)
    // A market order sets nothing aside: what it can afford is looked at again at every price.
    if (order.type !== 'market') {
      const { asset, amount } = this.#cost(request, 0n)
      account.reserve(asset, amount)
      order.reserved = amount
    }
    this.#emit({ type: 'order', order })
    this.#tellBalances(order)
    return order
  }

  /** A tenth more than is kept, so that few of them pay for the clearing. */
  #keep(account: Account, order: Order): void {
    const orders = this.#orders.get(account)!
    orders.push(order)
    if (orders.length <= this.#keptOrders * 1.1) return
    let surplus = orders.length - this.#keptOrders
    this.#orders.set(
      account,
      orders.filter(kept => isOpen(kept) || surplus-- <= 0),
    )
  }

  #meetBook(order: Order): void {
    const book = this.#books.get(order.instrument.id)!
    if (order.quoteQuantity > 0n) order.quantity = quantityForQuote(book, order.side, order.quoteQuantity)
    if (order.type === 'limit_maker') {
      // The book can have moved since the order was accepted; it must not take.
      const best = book.best(opposite(order.side))
      if (best && crosses({ ...order, type: 'limit' }, best)) {
        return this.#close(order, this.#rules.refusesByBook ? 'expired' : 'rejected')
      }
      return book.add(order)
    }
    if (order.timeInForce === 'fok' && fillable(book, order) < order.quantity) return this.#close(order, 'expired')
    match(
      book,
      order,
      {
        fill: (taker, maker, price, quantity) => this.#trade(taker, maker, price, quantity),
        selfTrade: maker => this.#close(maker, 'expired_in_match'),
      },
      price => this.#affordable(order, price),
    )
    if (!isOpen(order)) return
    if (order.type === 'market' || order.timeInForce !== 'gtc') this.#close(order, 'expired')
    else book.add(order)
  }

  #affordable(order: Order, price: Decimal): Decimal {
    const { account, instrument, side } = order
    if (!account || order.type !== 'market') return leaves(order)
    const funds = side === 'sell' ? account.free(instrument.base) : (account.free(instrument.quote) * ONE) / price
    return floorTo(funds, instrument.lotSize)
  }

  #trade(taker: Order, maker: Order, price: Decimal, quantity: Decimal): void {
    const { instrument } = taker
    const [buy, sell] = taker.side === 'buy' ? [taker, maker] : [maker, taker]
    const ids = { buyOrderId: buy.id, sellOrderId: sell.id, takerSide: taker.side }
    const trade: Trade = { id: ++this.#lastTradeId, instrument, price, quantity, ...ids, time: Date.now() }
    this.#lastPrices.set(instrument.id, price)
    const recent = this.#recentTrades.get(instrument.id)!
    recent.push(trade)
    if (recent.length > RECENT_TRADES) recent.splice(0, recent.length - RECENT_TRADES)
    this.#execute(maker, trade, 'maker')
    this.#execute(taker, trade, 'taker')
    this.#emit({ type: 'trade', trade })
  }

  #execute(order: Order, trade: Trade, liquidity: 'maker' | 'taker'): void {
    const { account, instrument } = order
    const notional = multiply(trade.price, trade.quantity)
    order.executedQuote += notional
    order.status = leaves(order) === 0n ? 'filled' : 'partially_filled'
    order.updatedAt = trade.time
    if (!account) return
    const [received, asset] = order.side === 'buy' ? [trade.quantity, instrument.base] : [notional, instrument.quote]
    const commission = multiply(received, COMMISSION)
    account.credit(asset, received - commission)
    const [spent, from] = order.side === 'sell' ? [trade.quantity, instrument.base] : [notional, instrument.quote]
    if (order.type === 'market') account.credit(from, -spent)
    else {
      account.spendReserved(from, spent)
      order.reserved -= spent
    }
    const { id, price, quantity, time } = trade
    const execution = { id, price, quantity, liquidity, commission, commissionAsset: asset, time, order }
    order.executions.push(execution)
    if (!isOpen(order)) this.#releaseRest(order)
    this.#emit({ type: 'execution', execution })
    this.#tellBalances(order)
  }

  #releaseRest(order: Order): void {
    if (!order.account || order.reserved === 0n) return
    order.account.release(order.side === 'buy' ? order.instrument.quote : order.instrument.base, order.reserved)
    order.reserved = 0n
  }

  #close(order: Order, status: OrderStatus, requestId?: string): void {
    this.#books.get(order.instrument.id)!.remove(order)
    order.status = status
    order.updatedAt = Date.now()
    this.#releaseRest(order)
    if (!order.account) return
    this.#emit(requestId === undefined ? { type: 'order', order } : { type: 'order', order, requestId })
    this.#tellBalances(order)
  }

  #tellBalances(order: Order): void {
    const { account, instrument } = order
    if (account) this.#emit({ type: 'balances', account, assets: [instrument.base, instrument.quote] })
  }

  #emit(event: ExchangeEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
