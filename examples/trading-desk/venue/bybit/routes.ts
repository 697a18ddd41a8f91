import * as accounts from './account-operations.js'
import * as market from './market-operations.js'
import type { Operation } from './operations.js'
import * as orders from './order-operations.js'

/** https://bybit-exchange.github.io/docs/v5/intro */
export const REST_ROUTES: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['GET /v5/market/time', market.time],
  ['GET /v5/market/instruments-info', market.instruments],
  ['GET /v5/market/orderbook', market.orderBook],
  ['GET /v5/market/recent-trade', market.recentTrades],
  ['GET /v5/market/tickers', market.tickers],
  ['GET /v5/user/query-api', accounts.keyInformation],
  ['GET /v5/account/info', accounts.accountInformation],
  ['GET /v5/account/wallet-balance', accounts.walletBalance],
  ['GET /v5/asset/coin/query-info', accounts.coins],
  ['GET /v5/order/realtime', accounts.realtimeOrders],
  ['GET /v5/order/history', accounts.orderHistory],
  ['GET /v5/execution/list', accounts.executions],
  ['POST /v5/order/create', orders.placeOrder],
  ['POST /v5/order/amend', orders.amendOrder],
  ['POST /v5/order/cancel', orders.cancelOrder],
  ['POST /v5/order/cancel-all', orders.cancelAllOrders],
  ['POST /v5/order/create-batch', orders.placeOrders],
  ['POST /v5/order/amend-batch', orders.amendOrders],
  ['POST /v5/order/cancel-batch', orders.cancelOrders],
])

/** https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline */
export const TRADE_OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['order.create', orders.placeOrder],
  ['order.amend', orders.amendOrder],
  ['order.cancel', orders.cancelOrder],
])
