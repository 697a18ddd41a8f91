import * as accounts from './account-operations.js'
import * as market from './market-operations.js'
import type { Operation } from './operations.js'
import * as orders from './order-operations.js'

/** https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api ; `*` stands for an id in the path. */
const ROUTES: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['GET /api/v3/brokerage/time', market.serverTime],
  ['GET /api/v3/brokerage/market/products', market.products],
  ['GET /api/v3/brokerage/market/products/*/ticker', market.trades],
  ['GET /api/v3/brokerage/market/product_book', market.productBook],
  ['GET /api/v3/brokerage/products', market.products],
  ['GET /api/v3/brokerage/products/*/ticker', market.trades],
  ['GET /api/v3/brokerage/product_book', market.productBook],
  ['GET /api/v3/brokerage/best_bid_ask', market.bestBidsAsks],
  ['GET /api/v3/brokerage/transaction_summary', accounts.fees],
  ['GET /api/v3/brokerage/accounts', accounts.accounts],
  ['POST /api/v3/brokerage/orders', orders.placeOrder],
  ['POST /api/v3/brokerage/orders/preview', orders.previewOrder],
  ['POST /api/v3/brokerage/orders/edit', orders.editOrder],
  ['POST /api/v3/brokerage/orders/edit_preview', orders.previewEdit],
  ['POST /api/v3/brokerage/orders/batch_cancel', orders.cancelOrders],
  ['GET /api/v3/brokerage/orders/historical/batch', accounts.orders],
  ['GET /api/v3/brokerage/orders/historical/fills', accounts.fills],
  ['GET /api/v3/brokerage/orders/historical/*', accounts.order],
  // of the older interface, what ccxt still asks there
  ['GET /v2/time', market.oldServerTime],
  ['GET /v2/accounts', accounts.wallets],
  ['GET /v2/currencies', market.fiatCurrencies],
  ['GET /v2/currencies/crypto', market.cryptoCurrencies],
  ['GET /v2/exchange-rates', market.exchangeRates],
])

export function findRoute(method: string, path: string): { operation: Operation | undefined; pathId: string } {
  const exact = ROUTES.get(`${method} ${path}`)
  if (exact) return { operation: exact, pathId: '' }
  const match = /^(.*\/(?:products|historical)\/)([^/]+)(.*)$/.exec(path)
  if (!match) return { operation: undefined, pathId: '' }
  const [, before, pathId, after] = match
  return { operation: ROUTES.get(`${method} ${before}*${after}`), pathId: pathId! }
}
