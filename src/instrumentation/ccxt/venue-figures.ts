import { type Decimal, parseDecimal } from '../../order/decimal.js'
import { isObject } from './unified.js'

/** An order's figures by the venue's own fields, where ccxt (4.5.84) reads others. A name that isn't there: ccxt's stands. */
export interface VenueFigures {
  readonly quantity?: Decimal | undefined
  readonly cumulative?: Decimal | undefined
}

export function venueFigures(info: unknown): VenueFigures {
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
  return {}
}

/** The venue's own word: ccxt's `closed` may also be an order that ended with a part of it executed. */
export function saysFilled(info: unknown): boolean {
  if (!isObject(info)) return false
  const { status, orderStatus, order_status, state, X } = info
  return [status, orderStatus, order_status, state, X].some(word => typeof word === 'string' && /^filled$/i.test(word))
}
