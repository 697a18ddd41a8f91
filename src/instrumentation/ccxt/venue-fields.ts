import { type Decimal, parseDecimal } from '../../order/decimal.js'
import type { Liquidity, OrderOrigin, OrderType } from '../../order/event.js'
import { isPositive } from './positive.js'
import { isObject, says, text, timestamp } from './unified.js'

/** The last execution as a venue's own order report tells it. */
export interface RawExecution {
  readonly executionId: string
  readonly quantity: Decimal
  readonly price: string | undefined
  readonly liquidity: Liquidity | undefined
  readonly venueTime: number | undefined
}

interface RawFields {
  /** Whether a report is of this shape and tells of an execution. */
  readonly applies: (info: Record<string, unknown>) => boolean
  readonly id: string
  readonly quantity: string
  readonly price: string
  readonly time: string
  readonly liquidity: (info: Record<string, unknown>) => unknown
}

/*
 * Order reports of venues that name the execution which caused them. By shape, not by the venue's name: many venues
 * have copied Binance's. Quantities must be in the unit of ccxt's unified amount.
 */
const RAW_FIELDS: readonly RawFields[] = [
  // Binance executionReport, ORDER_TRADE_UPDATE, and those who speak likewise
  {
    applies: info => (info.x === 'TRADE' || info.x === 'CALCULATED') && 't' in info && 'l' in info,
    id: 't',
    quantity: 'l',
    price: 'L',
    time: 'T',
    liquidity: info => (typeof info.m === 'boolean' ? (info.m ? 'maker' : 'taker') : undefined),
  },
  // OKX orders channel
  {
    applies: info => 'fillSz' in info && 'accFillSz' in info,
    id: 'tradeId',
    quantity: 'fillSz',
    price: 'fillPx',
    time: 'fillTime',
    liquidity: info => (info.execType === 'M' ? 'maker' : info.execType === 'T' ? 'taker' : undefined),
  },
  // Bitget orders channel
  {
    applies: info => 'accBaseVolume' in info && 'baseVolume' in info,
    id: 'tradeId',
    quantity: 'baseVolume',
    price: 'fillPrice',
    time: 'fillTime',
    liquidity: info => (info.tradeScope === 'M' ? 'maker' : info.tradeScope === 'T' ? 'taker' : undefined),
  },
  // Kraken executions, WebSocket v2
  {
    applies: info => info.exec_type === 'trade' && 'last_qty' in info,
    id: 'exec_id',
    quantity: 'last_qty',
    price: 'last_price',
    time: 'timestamp',
    liquidity: info => (info.liquidity_ind === 'm' ? 'maker' : info.liquidity_ind === 't' ? 'taker' : undefined),
  },
  // KuCoin order changes
  {
    applies: info => info.type === 'match' && 'matchSize' in info,
    id: 'tradeId',
    quantity: 'matchSize',
    price: 'matchPrice',
    time: 'ts',
    liquidity: info => info.liquidity,
  },
]

/** The execution that a raw order report names; `undefined` where it names none. */
export function rawExecution(info: unknown): RawExecution | undefined {
  if (!isObject(info)) return undefined
  for (const fields of RAW_FIELDS) {
    if (!fields.applies(info)) continue
    const executionId = text(info[fields.id])
    const quantity = parseDecimal(info[fields.quantity])
    if (executionId === undefined || quantity === undefined || !isPositive(quantity)) return undefined
    const liquidity = fields.liquidity(info)
    return {
      executionId,
      quantity,
      price: text(info[fields.price]),
      liquidity: liquidity === 'maker' || liquidity === 'taker' ? liquidity : undefined,
      venueTime: milliseconds(info[fields.time]),
    }
  }
  return undefined
}

/** Nanoseconds and microseconds come as longer numbers. */
function milliseconds(value: unknown): number | undefined {
  const number = Number(text(value))
  return timestamp(number > 1e17 ? number / 1e6 : number > 1e14 ? number / 1e3 : number)
}

/** Orders that the venue makes by itself: liquidation, auto-deleveraging, settlement; in a report or a trade of one. */
export function originInReport(info: unknown): OrderOrigin | undefined {
  if (!isObject(info)) return undefined
  // https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update
  if (
    says(text(info.c) ?? info.clientOrderId, /^(autoclose-|adl_autoclose|settlement_autoclose-|delivery_autoclose-)/)
  ) {
    return 'venue'
  }
  // https://bybit-exchange.github.io/docs/v5/enum#createtype
  if (says(info.createType, /^CreateBy(Liq|TakeOver|Adl|Settle|Delivery)/)) return 'venue'
  // https://bybit-exchange.github.io/docs/v5/enum#exectype
  if (says(info.execType, /^(AdlTrade|BustTrade|Delivery|Settle)$/)) return 'venue'
  // https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
  if (says(info.category, /^(adl|full_liquidation|partial_liquidation|delivery|ddh)$/)) return 'venue'
  // https://docs.deribit.com/#user-orders-instrument_name-raw and Gate's futures orders
  if (info.is_liquidation === true || info.is_liq === true) return 'venue'
  // HTX: 0 is none
  if (says(info.liquidation_type, /^[1-9]$/)) return 'venue'
  // https://www.bitget.com/api-doc/contract/websocket/private/Order-Channel
  if (says(info.tradeSide, /^(burst|reduce|offset|delivery|dte_sys_adl)_/)) return 'venue'
  // https://www.kucoin.com/docs-new/3470075w0 and Extended
  if (says(info.tradeType, /^(liquidation|adl|deleverage|settlement)$/i)) return 'venue'
  // BingX and Binance's older futures
  if (says(info.o, /^(LIQUIDATION|ADL)$/)) return 'venue'
  // Gate, orders that no client named
  if (says(info.text, /^(liquidation|auto_deleveraging|insurance)$/)) return 'venue'
  if (says(info.finish_as, /^(liquidated|auto_deleveraged)$/)) return 'venue'
  // Kraken Futures, fills
  if (info.fill_type === 'liquidation') return 'venue'
  // MEXC futures: 2 is a take-over, 4 auto-deleveraging
  if ('externalOid' in info && says(info.category, /^[24]$/)) return 'venue'
  // https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions: who is liquidated takes
  if (isObject(info.liquidation) && info.crossed === true) return 'venue'
  // https://docs.deribit.com/#user-trades-instrument_name-interval: which side of the trade was liquidated
  if (says(info.liquidation, /^[MT]+$/) && String(info.liquidation).includes(String(info.liquidity))) return 'venue'
  // Apex, Bullish
  return info.isLiquidation === true || info.isLiquidate === true || info.isDeleverage === true ? 'venue' : undefined
}

/** What stands among the account's trades and is none: payments that a position makes. */
export function isPayment(info: unknown): boolean {
  // https://bybit-exchange.github.io/docs/v5/enum#exectype
  return isObject(info) && (info.execType === 'Funding' || info.execType === 'SessionSettlePnL')
}

/** A conditional order that is kept apart from the order which it becomes: Binance's and OKX's algo orders. */
export interface Conditional {
  readonly isTriggered: boolean
  /** The venue's id of the order that it became. */
  readonly becomes: string | undefined
}

export function conditionalIn(info: unknown): Conditional | undefined {
  if (!isObject(info)) return undefined
  // https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Algo-Order-Update
  if ('aid' in info || 'algoStatus' in info) {
    const status = text(info.algoStatus) ?? text(info.X) ?? ''
    const isTriggered = /^(TRIGGERED|FINISHED)$/.test(status)
    return { isTriggered, becomes: isTriggered ? (text(info.ai) ?? text(info.actualOrderId)) : undefined }
  }
  // Binance, portfolio margin
  if ('strategyStatus' in info) {
    return { isTriggered: /^(TRIGGERED|FINISHED)$/.test(String(info.strategyStatus)), becomes: text(info.orderId) }
  }
  // https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-ws-algo-orders-channel
  if (text(info.algoId) !== undefined && 'actualSz' in info) {
    const isTriggered = /^(effective|partially_effective)$/.test(String(info.state))
    return { isTriggered, becomes: isTriggered ? text(info.ordId) : undefined }
  }
  // https://docs.deribit.com/#user-orders-instrument_name-raw
  if (info.trigger_price !== undefined && text(info.order_state) !== undefined) {
    return { isTriggered: info.order_state === 'triggered', becomes: undefined }
  }
  return undefined
}

/** The venue's id of the conditional order that an order was before, where the order tells it: OKX and Deribit. */
export function conditionalBefore(info: unknown): string | undefined {
  if (!isObject(info)) return undefined
  return text(info.trigger_order_id) ?? ('accFillSz' in info ? text(info.algoId) : undefined)
}

/**
 * The type of a conditional order by the venue's own word. ccxt calls a stop, a take-profit and a trailing stop alike
 * `limit` or `market`.
 */
export function conditionalType(info: unknown, isLimit: boolean, side: unknown): OrderType | undefined {
  if (!isObject(info)) return undefined
  const stop = isLimit ? 'stop_limit' : 'stop'
  const touched = isLimit ? 'limit_if_touched' : 'market_if_touched'
  const bybit = text(info.stopOrderType)
  if (bybit !== undefined) {
    if (/^Trailing/.test(bybit)) return 'trailing_stop'
    if (/TakeProfit/.test(bybit)) return touched
    if (/StopLoss/.test(bybit)) return stop
    // triggered by a price that has come nearer to what the side wants
    const direction = Number(info.triggerDirection)
    if (direction !== 1 && direction !== 2) return undefined
    return (direction === 1) === (side === 'buy') ? stop : touched
  }
  const name = (
    text(info.ot) ??
    text(info.origType) ??
    text(info.orderType) ??
    text(info.o) ??
    text(info.ordType) ??
    text(info.order_type)
  )
    ?.toUpperCase()
    .replace(/[^A-Z]/g, '')
  if (name === undefined) return undefined
  if (/TRAIL|MOVEORDERSTOP/.test(name)) return 'trailing_stop'
  if (name.startsWith('TAKE')) return touched
  return name.startsWith('STOP') ? stop : undefined
}
