import * as accounts from './account-operations.js'
import * as market from './market-operations.js'
import type { Operation } from './operations.js'
import * as orders from './order-operations.js'

const nothing = (answer: unknown): Operation => ({ security: 'public', weight: 1, run: () => answer })

/** REST: https://developers.binance.com/docs/binance-spot-api-docs/rest-api */
export const REST_ROUTES: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['GET /api/v3/ping', market.ping],
  ['GET /api/v3/time', market.time],
  ['GET /api/v3/exchangeInfo', market.info],
  ['GET /api/v3/depth', market.depth],
  ['GET /api/v3/trades', market.recentTrades],
  ['GET /api/v3/aggTrades', market.aggregateTrades],
  ['GET /api/v3/ticker/24hr', market.ticker],
  ['GET /api/v3/ticker/bookTicker', market.bookTicker],
  ['GET /api/v3/account', accounts.account],
  ['POST /api/v3/order', orders.placeOrder],
  ['POST /api/v3/order/test', orders.testOrder],
  ['GET /api/v3/order', accounts.queryOrder],
  ['DELETE /api/v3/order', orders.cancelOrder],
  ['POST /api/v3/order/cancelReplace', orders.cancelReplace],
  ['GET /api/v3/openOrders', accounts.openOrders],
  ['DELETE /api/v3/openOrders', orders.cancelOpenOrders],
  ['GET /api/v3/allOrders', accounts.allOrders],
  ['GET /api/v3/myTrades', accounts.myTrades],
  // ccxt asks for these when it loads the markets: there are no wallets, no margin and no futures here.
  ['GET /sapi/v1/capital/config/getall', nothing([])],
  ['GET /sapi/v1/margin/allPairs', nothing([])],
  ['GET /sapi/v1/margin/isolated/allPairs', nothing([])],
  ['GET /fapi/v1/exchangeInfo', nothing({ symbols: [] })],
  ['GET /dapi/v1/exchangeInfo', nothing({ symbols: [] })],
])

/** WebSocket API: https://developers.binance.com/docs/binance-spot-api-docs/websocket-api */
export const WS_METHODS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['ping', market.ping],
  ['time', market.time],
  ['exchangeInfo', market.info],
  ['depth', market.depth],
  ['trades.recent', market.recentTrades],
  ['trades.aggregate', market.aggregateTrades],
  ['ticker.24hr', market.ticker],
  ['ticker.book', market.bookTicker],
  ['account.status', accounts.account],
  ['order.place', orders.placeOrder],
  ['order.test', orders.testOrder],
  ['order.status', accounts.queryOrder],
  ['order.cancel', orders.cancelOrder],
  ['order.cancelReplace', orders.cancelReplace],
  ['openOrders.status', accounts.openOrders],
  ['openOrders.cancelAll', orders.cancelOpenOrders],
  ['allOrders', accounts.allOrders],
  ['myTrades', accounts.myTrades],
])
