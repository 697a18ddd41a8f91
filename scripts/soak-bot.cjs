/*
 * What every bot of the soak does on the venue of VENUE_URL: an order that fills, one that is canceled, one that is
 * edited and filled, one that is refused; what became of them goes to stdout.
 */
const { setTimeout: sleep } = require('node:timers/promises')

const SYMBOL = 'BTC/USDT'

async function run(exchange) {
  const { connect } = await import('../examples/trading-desk/dist/venue/connect.js')
  await connect(exchange, process.env.VENUE_URL)
  await exchange.loadMarkets()
  const told = []
  if (typeof exchange.watchOrders === 'function' && exchange.has.watchOrders) {
    const follow = async watch => {
      try {
        for (;;) told.push(...(await watch()))
      } catch {}
    }
    follow(() => exchange.watchOrders())
    follow(() => exchange.watchMyTrades())
    // the socket must be there before the first order; older versions don't say when it is
    await sleep(1000)
  }
  const create = (id, amount, price) =>
    exchange.createOrder(SYMBOL, 'limit', 'buy', amount, price, { clientOrderId: id })
  const filled = await create('bot-filled', 0.01, 60000)
  const resting = await create('bot-canceled', 0.02, 50000)
  await exchange.cancelOrder(resting.id, SYMBOL)
  const first = await create('bot-edited', 0.03, 51000)
  const edited = await exchange.editOrder(first.id, SYMBOL, 'limit', 'buy', 0.03, 60000, {
    clientOrderId: 'bot-second',
  })
  const refused = await create('bot-refused', 1e-7, 50000).catch(error => error.constructor.name)
  const ends = []
  for (const { id } of [filled, resting, edited]) ends.push((await exchange.fetchOrder(id, SYMBOL)).status)
  const trades = await exchange.fetchMyTrades(SYMBOL)
  console.log(JSON.stringify({ refused, ends, trades: trades.map(({ amount, price }) => [amount, price]) }))
  for (let waited = 0; waited < 5000 && told.length > 0 && told.length < 6; waited += 50) await sleep(50)
  if (typeof exchange.close === 'function') await exchange.close()
  // the timer that keeps a listen key alive would keep the process, too
  process.exit()
}

module.exports = { run }
