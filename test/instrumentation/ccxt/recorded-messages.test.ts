import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type CannedVenue,
  type Exchange,
  exchangeAt,
  follow,
  market,
  receive,
  startCannedVenue,
} from './canned-venue.js'
import { instrumentation, type Lab, sentences, startLab } from './ccxt-lab.js'

const MESSAGES = join(import.meta.dirname, '../../../../shared/data/venue-messages')
const read = (venue: string, file: string) => JSON.parse(readFileSync(join(MESSAGES, venue, `${file}.json`), 'utf8'))

const MARKETS = {
  binance: [
    ['BTCUSDT', 'BTC/USDT'],
    ['ETHUSDT', 'ETH/USDT'],
    ['ETHBTC', 'ETH/BTC'],
    ['LTCBTC', 'LTC/BTC'],
    ['BNBBTC', 'BNB/BTC'],
    ['BTCUSDT', 'BTC/USDT:USDT'],
    ['BNBUSDT', 'BNB/USDT:USDT'],
    ['BTCUSD_240329', 'BTC/USD:BTC'],
  ],
  bybit: [
    ['BTCUSDT', 'BTC/USDT'],
    ['BTCUSDT', 'BTC/USDT:USDT'],
    ['ETHUSDT', 'ETH/USDT:USDT'],
    ['ICPUSDT', 'ICP/USDT:USDT'],
    ['APEXUSDT', 'APEX/USDT:USDT'],
  ],
} as const

let lab: Lab
let server: CannedVenue
beforeEach(async () => {
  lab = await startLab()
  server = await startCannedVenue()
})
afterEach(async () => {
  await lab.close()
  await server.close()
})

const exchange = (venue: 'binance' | 'bybit'): Exchange =>
  exchangeAt(
    venue,
    server.url,
    lab.apiKey,
    MARKETS[venue].map(([id, symbol]) => market(id, symbol)),
  )

/** `status cumulative/quantity type origin` of each order, and what was told. */
function summary(): { orders: string[]; told: string[]; anomalies: string[] } {
  instrumentation.flush()
  const { orders, told, anomalies } = follow(lab.events)
  return {
    orders: orders.map(
      ({ status, cumulativeQuantity, quantity, orderType, origin }) =>
        `${status} ${cumulativeQuantity}/${quantity} ${orderType} ${origin}`,
    ),
    told,
    anomalies,
  }
}

const NOTHING = [[], []] as const
type Row = readonly [file: string, orders: readonly string[], told: readonly string[]]

const BINANCE: readonly Row[] = [
  ['futures_user_data_json_account_update', ...NOTHING],
  ['futures_user_data_json_account_update_bnfcr', ...NOTHING],
  ['futures_user_data_json_algo_update_canceled', ['canceled 0/0.01 limit_if_touched external'], ['canceled']],
  ['futures_user_data_json_algo_update_new', ['new 0/0.01 limit_if_touched external'], ['ack']],
  [
    'futures_user_data_json_order_update_adl',
    ['filled 0.005/0.005 limit venue'],
    ['status', 'trade 12346001 0.005@42000.00'],
  ],
  [
    'futures_user_data_json_order_update_calculated',
    ['filled 0.014/0.014 limit venue'],
    ['status', 'trade 12345999 0.014@9910.12'],
  ],
  ['futures_user_data_json_order_update_calculated_pending', ['new 0/0.014 limit venue'], ['ack']],
  ['futures_user_data_json_order_update_delivery', ['filled 1/1 limit venue'], ['status', 'trade 12346003 1@70000']],
  [
    'futures_user_data_json_order_update_insurance',
    ['filled 0.02/0.02 limit venue'],
    ['status', 'trade 12346003 0.02@45000.00'],
  ],
  ['futures_user_data_json_order_update_new', ['new 0/0.001 trailing_stop external'], ['ack']],
  [
    'futures_user_data_json_order_update_settlement',
    ['filled 0.01/0.01 limit venue'],
    ['status', 'trade 12346002 0.01@50000'],
  ],
  [
    'futures_user_data_json_order_update_trade',
    ['filled 0.001/0.001 limit external'],
    ['status', 'trade 12345678 0.001@7100.5'],
  ],
  [
    'futures_user_data_json_order_update_trade_partial',
    ['partially_filled 0.001/0.002 limit external'],
    ['status', 'trade 12345678 0.001@7100.5'],
  ],
  // the report of the order comes as well, and says more
  ['futures_user_data_json_trade_lite', ...NOTHING],
  ['spot_user_data_json_account_position', ...NOTHING],
  ['spot_user_data_json_account_position_wrapped', ...NOTHING],
  ['spot_user_data_json_balance_update', ...NOTHING],
  ['spot_user_data_json_balance_update_wrapped', ...NOTHING],
  ['spot_user_data_json_execution_report_canceled', ['canceled 0/1 limit external'], ['canceled']],
  ['spot_user_data_json_execution_report_expired', ['expired 0/1 limit external'], ['expired']],
  ['spot_user_data_json_execution_report_new', ['new 0/1 limit external'], ['ack']],
  ['spot_user_data_json_execution_report_stop_loss', ['new 0/1 stop_limit external'], ['ack']],
  ['spot_user_data_json_execution_report_trade', ['filled 1/1 limit external'], ['status', 'trade 98765432 1@2500']],
  ['spot_user_data_json_execution_report_wrapped', ['new 0/1 limit external'], ['ack']],
  // each order of the list has reports of its own
  ['spot_user_data_json_list_status_wrapped', ...NOTHING],
]

const BYBIT: readonly Row[] = [
  [
    'ws_account_execution',
    ['filled 0.5/0.5 undefined external'],
    ['trade 0ab1bdf7-4219-438b-b30a-32ec863018f7 0.5@95900.1'],
  ],
  [
    'ws_account_execution_adl',
    ['filled 0.5/0.5 undefined venue'],
    ['trade 0ab1bdf7-4219-438b-b30a-32ec863018f8 0.5@95850'],
  ],
  [
    'ws_account_execution_fast',
    ['partially_filled 3000/undefined undefined external'],
    ['trade 3510f361-0add-5c7b-a2e7-9679810944fc 3000@12.015'],
  ],
  ['ws_account_execution_fast_envelope_id', ...NOTHING],
  ['ws_account_order', ['canceled 0/0.01 limit external'], ['canceled']],
  ['ws_account_order_buy_stop_market', ['new 0/0.1 stop external'], ['ack']],
  ['ws_account_order_filled', ['filled 0.1/0.1 stop_limit external'], ['status']],
  ['ws_account_order_limit_if_touched', ['new 0/0.1 limit_if_touched external'], ['ack']],
  ['ws_account_order_market_if_touched', ['new 0/0.1 market_if_touched external'], ['ack']],
  ['ws_account_order_partially_filled_rejected', ['rejected 50/100 limit external'], ['status', 'reject']],
  ['ws_account_order_sell_market_if_touched', ['new 0/0.1 market_if_touched external'], ['ack']],
  ['ws_account_order_stop_limit', ['new 0/0.1 stop_limit external'], ['ack']],
  ['ws_account_order_stop_loss', ['new 0/0.5 stop external'], ['ack']],
  ['ws_account_order_stop_market', ['new 0/0.1 stop external'], ['ack']],
  ['ws_account_order_take_profit', ['new 0/0.5 market_if_touched external'], ['ack']],
]

/** Answers to requests: which method of ccxt asks so, and what comes of it. What had ended before is no news. */
type Asked = readonly [
  file: string,
  path: RegExp,
  ask: (exchange: Exchange) => Promise<unknown>,
  orders: readonly string[],
  told: readonly string[],
]

const BINANCE_ANSWERS: readonly Asked[] = [
  [
    'spot_http_json_all_orders_response',
    /allOrders/,
    e => e.fetchOrders('LTC/BTC'),
    ['new 0/1 limit external'],
    ['status'],
  ],
  ['spot_http_json_account_trades_response', /myTrades/, e => e.fetchMyTrades('BNB/BTC'), ...NOTHING],
  [
    'spot_http_json_cancel_open_orders_response',
    /DELETE .*openOrders/,
    e => e.cancelAllOrders('BTC/USDT'),
    ['canceled 0/0.178622 limit external', 'canceled 0/0.178622 limit external'],
    ['canceled', 'canceled'],
  ],
  [
    'spot_http_json_cancel_order_response',
    /DELETE .*order$/,
    e => e.cancelOrder('4', 'LTC/BTC'),
    ['canceled 0/1 limit external'],
    ['canceled'],
  ],
  [
    'spot_http_json_new_order_full_response',
    /POST .*order$/,
    e => e.createOrder('BTC/USDT', 'market', 'sell', 10),
    ['filled 10/10 market own'],
    [
      'submit',
      'ack',
      'sent',
      'trade 56 1@4000',
      'trade 57 5@3999',
      'trade 58 2@3998',
      'trade 59 1@3997',
      'trade 60 1@3995',
    ],
  ],
  [
    'spot_http_json_open_orders_response',
    /openOrders/,
    e => e.fetchOpenOrders('LTC/BTC'),
    ['new 0/1 limit external'],
    ['status'],
  ],
  [
    'spot_http_json_order_response',
    /GET .*order$/,
    e => e.fetchOrder('1', 'LTC/BTC'),
    ['new 0/1 limit external'],
    ['status'],
  ],
]

const BYBIT_ANSWERS: readonly Asked[] = [
  ['http_get_executions', /execution\/list/, e => e.fetchMyTrades('BTC/USDT:USDT'), ...NOTHING],
  ['http_get_order_partially_filled_rejected', /order\/realtime/, e => e.fetchOpenOrders('BTC/USDT:USDT'), ...NOTHING],
  ['http_get_orders_history', /order\/history/, e => e.fetchClosedOrders('BTC/USDT:USDT'), ...NOTHING],
  [
    'http_get_orders_history_with_duplicate',
    /order\/history/,
    e => e.fetchCanceledAndClosedOrders('ETH/USDT:USDT'),
    ['new 0/0.01 limit external'],
    ['status'],
  ],
  [
    'http_get_orders_realtime',
    /order\/realtime/,
    e => e.fetchOpenOrders('ETH/USDT:USDT'),
    ['new 0/0.01 limit external', 'new 0/0.01 limit external'],
    ['status', 'status'],
  ],
  [
    'http_get_orders_realtime_tp_sl',
    /order\/realtime/,
    e => e.fetchOpenOrders('BTC/USDT:USDT', undefined, undefined, { trigger: true }),
    ['new 0/0.5 market_if_touched external', 'new 0/0.5 stop_limit external'],
    ['status', 'status'],
  ],
]

describe.skipIf(!existsSync(MESSAGES))(
  'recorded messages (../shared/data/venue-messages; skipped where missing)',
  () => {
    describe.each([
      ['binance', BINANCE, BINANCE_ANSWERS, /_user_data_|_http_json_(?=.*(order|account_trades))/],
      ['bybit', BYBIT, BYBIT_ANSWERS, /^(ws_account_(order|execution)|http_get_(order|execution))/],
    ] as const)('%s', (venue, streamed, asked, about) => {
      it.each(streamed)('%s', (file, orders, told) => {
        const url = file.startsWith('futures') ? 'wss://fstream.binance.com/ws/x' : undefined
        const message = read(venue, file)
        const client = exchange(venue)
        receive(client, message, url)
        expect(summary()).toEqual({ orders, told, anomalies: expect.anything() })
        // only that the order wasn't made here
        for (const anomaly of summary().anomalies) expect(anomaly).toMatch(/^unknown_order/)
        receive(client, message, url)
        expect(summary()).toMatchObject({ orders, told })
        expect(sentences).toEqual([])
      })

      it.each(asked)('%s', async (file, path, ask, orders, told) => {
        server.answer(path, read(venue, file))
        const client = exchange(venue)
        await ask(client)
        expect(server.requests.some(request => path.test(request))).toBe(true)
        expect(summary()).toMatchObject({ orders, told, anomalies: [] })
        if (told[0] !== 'status') return
        await ask(client)
        expect(summary()).toMatchObject({ orders, told })
        expect(sentences).toEqual([])
      })

      it('every message about orders or trades is in the table', () => {
        const files = readdirSync(join(MESSAGES, venue)).map(name => name.replace(/\.json$/, ''))
        const here = new Set([...streamed, ...asked].map(([file]) => file))
        expect(files.filter(file => about.test(file) && !here.has(file))).toEqual([])
      })
    })
  },
)
