import ccxt from 'ccxt'

/*
 * Calls of ccxt that are answered from memory: what is left is ccxt's own work, and ours where it is followed. Orders
 * are placed and then reported by the stream, BENCH_CALLS of each.
 */
const calls = Number(process.env.BENCH_CALLS ?? 1000)

// a method of the application's own object: below it, ccxt is whole
const exchange = create()
function create() {
  return new ccxt.pro.binance({
    apiKey: 'key',
    secret: 'secret',
    enableRateLimit: false,
    // by default ccxt keeps 1,000 of each, and moving them all up for a new one is most of its time
    options: { ordersLimit: 50, tradesLimit: 50 },
  })
}
exchange.setMarkets([
  exchange.safeMarketStructure({
    id: 'BTCUSDT',
    lowercaseId: 'btcusdt',
    symbol: 'BTC/USDT',
    base: 'BTC',
    quote: 'USDT',
    baseId: 'BTC',
    quoteId: 'USDT',
    type: 'spot',
    spot: true,
    margin: false,
    swap: false,
    future: false,
    option: false,
    active: true,
    contract: false,
    precision: { amount: 0.00001, price: 0.01 },
    limits: { amount: {}, price: {}, cost: {} },
    info: { orderTypes: ['LIMIT', 'MARKET'] },
  }),
])
let placed = 0
exchange.fetch = async () => ({
  symbol: 'BTCUSDT',
  orderId: String(1_000_000 + placed),
  clientOrderId: `bench-${placed}`,
  transactTime: Date.now(),
  price: '60000.10',
  origQty: '0.50000',
  executedQty: '0.00000',
  cummulativeQuoteQty: '0.00',
  status: 'NEW',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
  fills: [],
})

const client = {
  url: 'ws://127.0.0.1/ws',
  subscriptions: {},
  futures: {},
  resolve: () => undefined,
  reject: () => undefined,
}

function report(index: number) {
  return {
    e: 'executionReport',
    E: Date.now(),
    s: 'BTCUSDT',
    c: `bench-${index}`,
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    q: '0.50000000',
    p: '60000.10',
    P: '0.00',
    F: '0.00',
    g: -1,
    C: '',
    x: 'TRADE',
    X: 'FILLED',
    r: 'NONE',
    i: 1_000_000 + index,
    l: '0.50000000',
    z: '0.50000000',
    L: '60000.10',
    n: '0.01',
    N: 'USDT',
    T: Date.now(),
    t: index,
    w: false,
    m: true,
    O: Date.now(),
    Z: '30000.05',
    Y: '30000.05',
    Q: '0.00',
  }
}

async function place(index: number): Promise<number> {
  placed = index
  const started = performance.now()
  await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.5, 60_000.1, { newClientOrderId: `bench-${index}` })
  return performance.now() - started
}

function tell(index: number): number {
  const message = report(index)
  const started = performance.now()
  exchange.handleMessage(client as never, message as never)
  return performance.now() - started
}

// ccxt's ways and ours are some thousand functions: they are compiled when they have run this often
const warm = 3000
const placing: number[] = []
const telling: number[] = []
for (let index = 0; index < warm + calls; index++) {
  const took = await place(index)
  const told = tell(index)
  // as slowly as a venue lets one trade, so that nothing piles up
  if (index % 10 === 9) await new Promise(resolve => setTimeout(resolve, 2))
  if (index < warm) continue
  placing.push(took)
  telling.push(told)
}
const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]! * 1000
console.log(JSON.stringify({ createOrder: middle(placing), watchOrders: middle(telling) }))
process.exit(0)
