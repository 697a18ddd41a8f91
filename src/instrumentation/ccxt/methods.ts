/** What a method of ccxt does to orders. Variants that only call these (`createLimitOrder`, `editLimitOrder`) aren't listed. */
export type CallKind =
  | 'create'
  | 'create_many'
  | 'edit'
  | 'edit_many'
  | 'close'
  | 'cancel'
  | 'cancel_many'
  | 'cancel_all'
  | 'fetch_orders'
  | 'fetch_trades'
  | 'watch_orders'
  | 'watch_trades'

/** Methods of the unified interface (https://docs.ccxt.com/?id=methods), each wrapped on every class that has its own. */
export const callMethods: ReadonlyMap<string, CallKind> = new Map<string, CallKind>([
  ['createOrder', 'create'],
  ['createOrderWs', 'create'],
  ['createOrders', 'create_many'],
  ['createOrdersWs', 'create_many'],
  ['editOrder', 'edit'],
  ['editOrderWs', 'edit'],
  ['editOrders', 'edit_many'],
  ['closePosition', 'close'],
  ['closeAllPositions', 'close'],
  ['cancelOrder', 'cancel'],
  ['cancelOrderWs', 'cancel'],
  ['cancelOrders', 'cancel'],
  ['cancelOrdersWs', 'cancel'],
  ['cancelOrdersForSymbols', 'cancel_many'],
  ['cancelAllOrders', 'cancel_all'],
  ['cancelAllOrdersWs', 'cancel_all'],
  ['fetchOrder', 'fetch_orders'],
  ['fetchOrderWs', 'fetch_orders'],
  ['fetchOrders', 'fetch_orders'],
  ['fetchOrdersWs', 'fetch_orders'],
  ['fetchOpenOrder', 'fetch_orders'],
  ['fetchOpenOrders', 'fetch_orders'],
  ['fetchOpenOrdersWs', 'fetch_orders'],
  ['fetchClosedOrder', 'fetch_orders'],
  ['fetchClosedOrders', 'fetch_orders'],
  ['fetchClosedOrdersWs', 'fetch_orders'],
  ['fetchCanceledOrders', 'fetch_orders'],
  ['fetchCanceledAndClosedOrders', 'fetch_orders'],
  ['fetchOrdersByStatus', 'fetch_orders'],
  ['fetchOrdersByStatusWs', 'fetch_orders'],
  ['fetchOrdersByState', 'fetch_orders'],
  ['fetchOrdersByStates', 'fetch_orders'],
  ['fetchOrdersByIds', 'fetch_orders'],
  ['fetchMyTrades', 'fetch_trades'],
  ['fetchMyTradesWs', 'fetch_trades'],
  ['fetchOrderTrades', 'fetch_trades'],
  ['watchOrders', 'watch_orders'],
  ['watchOrdersForSymbols', 'watch_orders'],
  ['watchMyTrades', 'watch_trades'],
  ['watchMyTradesForSymbols', 'watch_trades'],
])

/** Where ccxt's own inside is looked at: requests, parsed objects, WebSocket messages and connections. */
export const innerMethods = [
  'fetch2',
  // what these throw, nothing has been sent of
  'sign',
  'throttle',
  'watch',
  'watchMultiple',
  'client',
  'handleMessage',
  'safeOrder',
  'safeTrade',
  // Kraken's and Coinbase Exchange's don't use the one before
  'parseWsTrade',
] as const

export type InnerMethod = (typeof innerMethods)[number]
