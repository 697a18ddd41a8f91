import { type Decimal, parseDecimal, ZERO } from '../../order/decimal.js'
import { isObject } from './unified.js'

/** An order's figures by the venue's own fields, where ccxt (4.5.84) reads others. A name that isn't there: ccxt's stands. */
export interface VenueFigures {
  readonly quantity?: Decimal | undefined
  readonly cumulative?: Decimal | undefined
}

/** @param filled what ccxt takes for the cumulative quantity */
export function venueFigures(info: unknown, filled: unknown): VenueFigures {
  if (!isObject(info)) return {}
  // Coinbase, user channel: ccxt takes what has traded for what was ordered
  // https://docs.cdp.coinbase.com/advanced-trade/docs/ws-channels#user-channel
  if ('cumulative_quantity' in info && 'leaves_quantity' in info) {
    const cumulative = parseDecimal(info.cumulative_quantity)
    const leaves = parseDecimal(info.leaves_quantity)
    // once it is canceled nothing is left
    const isWhole = !/CANCEL|EXPIRED|FAILED/.test(String(info.status))
    return { cumulative, quantity: isWhole && leaves !== undefined ? cumulative?.add(leaves) : undefined }
  }
  // Kraken, executions: ccxt reads no cumulative quantity, and takes it for the ordered one where that isn't told
  // https://docs.kraken.com/api/docs/websocket-v2/executions
  if ('exec_type' in info && 'order_status' in info) {
    return { cumulative: parseDecimal(info.cum_qty), quantity: parseDecimal(info.order_qty) }
  }
  // Bitget, orders channel: baseVolume is the last execution's
  // https://www.bitget.com/api-doc/spot/websocket/private/Order-Channel
  if ('accBaseVolume' in info) return { cumulative: parseDecimal(info.accBaseVolume) }
  // Kraken Futures: ccxt adds the totals of all messages up, and keeps the fields of the first
  // https://docs.kraken.com/api/docs/futures-api/websocket/open_orders
  if (isKrakenFutures(info)) {
    const cumulative = parseDecimal(info.filled)
    const quantity = parseDecimal(info.qty)?.add(cumulative ?? ZERO)
    if (info.reason === 'full_fill') return { quantity, cumulative: quantity }
    return { quantity, cumulative: cumulative?.equals(parseDecimal(filled) ?? ZERO) === true ? cumulative : undefined }
  }
  return {}
}

/** Orders whose reports have no status of their own: what is listed is open. */
export function isListedAsOpen(info: unknown): boolean {
  return isObject(info) && isKrakenFutures(info)
}

function isKrakenFutures(info: Record<string, unknown>): boolean {
  return 'instrument' in info && 'qty' in info && 'filled' in info && 'last_update_time' in info
}

/** An end that ccxt (4.5.84) hands on in the venue's own words; `closed` may be any. */
export function endInWords(status: unknown, info: unknown): 'closed' | 'canceled' | 'expired' | 'rejected' | undefined {
  // Gate, which says elsewhere why: https://www.gate.com/docs/developers/futures/ws/en/#orders-notification
  if (isObject(info) && 'finish_as' in info && (info.status === 'finished' || info.event === 'finish')) return 'closed'
  // Bitfinex's words ("POSTONLY CANCELED"), of which ccxt keeps the first: https://docs.bitfinex.com/reference/ws-auth-orders
  const all = Array.isArray(info) ? info[13] : status
  const words = status !== undefined && typeof all === 'string' ? all : ''
  if (/pending|ing$/i.test(words)) return undefined
  if (/expired/i.test(words)) return 'expired'
  if (/rejected|failed/i.test(words)) return 'rejected'
  // Hyperliquid says "scheduledCancel"
  if (/cancell?ed|cancel$|^insufficient/i.test(words)) return 'canceled'
  return /^(filled|done|finished|liquidated)$/i.test(words) ? 'closed' : undefined
}

/** The venue's own word: ccxt's `closed` may also be an order that ended with a part of it executed. */
export function saysFilled(info: unknown): boolean {
  if (!isObject(info)) return false
  const { status, orderStatus, order_status, state, X } = info
  return [status, orderStatus, order_status, state, X].some(word => typeof word === 'string' && /^filled$/i.test(word))
}
