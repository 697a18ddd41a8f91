import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { handleAdmin } from './admin.js'
import { BookKeeper, type Books } from './books.js'
import { decimal } from './decimal.js'
import type { SocketKind } from './dialect.js'
import { DIALECTS, type DialectName } from './dialects.js'
import { Exchange } from './exchange.js'
import { type Latencies, LatencyModel, NO_LATENCY } from './latency.js'
import { LostAnswers } from './lost-answers.js'
import type { Side } from './order.js'
import { Participants } from './participants.js'
import { generatePriceFeed, readPriceFeed } from './price-feed.js'
import { createRandom } from './random.js'
import type { VenueLimits } from './rate-limits.js'
import { type RecordedRequest, RequestLog } from './request-log.js'

export interface VenueOptions {
  /** Whose protocol it speaks; Binance's, if not given. */
  readonly dialect?: DialectName
  /** The address that it listens on; 127.0.0.1, if not given. */
  readonly host?: string
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly seed?: number
  /** A CSV of recorded trades with the columns symbol, side, price, amount; prices are generated where none is given. */
  readonly trades?: string
  /** From one trade of the other participants to the next, in milliseconds; 0 leaves the market to its clients. */
  readonly stepMs?: number
  readonly latencies?: Partial<Latencies>
  readonly limits?: Partial<VenueLimits>
  /** How likely a report on the private stream is told twice, from 0 to 1. */
  readonly duplicates?: number
  /** How likely the answer to a request that changed something is lost, from 0 to 1. */
  readonly lostAnswers?: number
  /** Sockets are dropped after a random time of up to twice this mean; 0, the default, never. */
  readonly dropSocketsEveryMs?: number
  /** What every account starts with. */
  readonly funds?: Readonly<Record<string, string>>
}

export interface Venue {
  /** Such as `http://127.0.0.1:41003`. */
  readonly url: string
  books(): Books
  requests(): readonly RecordedRequest[]
  /** Cuts connections without a goodbye; says how many. */
  dropSockets(kind: SocketKind | 'all'): number
  /** An order of somebody else: `rest` stays in the book, `take` trades at once or not at all. */
  participate(symbol: string, side: Side, kind: 'rest' | 'take', price: string, quantity: string): void
  change(options: Pick<VenueOptions, 'latencies' | 'limits' | 'duplicates' | 'lostAnswers'>): void
  close(): Promise<void>
}

const FUNDS = { USDT: '10000000', BTC: '200', ETH: '2000' }

/** Starts an exchange that speaks the protocol of a real one, REST and WebSocket. */
export async function createVenue(options: VenueOptions = {}): Promise<Venue> {
  const { host = '127.0.0.1', port = 0, seed = 1, stepMs = 20, funds = FUNDS, dropSocketsEveryMs = 0 } = options
  const feed = options.trades === undefined ? generatePriceFeed(seed) : readPriceFeed(options.trades)
  const definition = DIALECTS[options.dialect ?? 'binance']
  const latency = new LatencyModel({ ...NO_LATENCY, ...options.latencies }, seed)
  const exchange = new Exchange(feed.instruments, funds, latency, definition.rules)
  for (const [index, instrument] of feed.instruments.entries()) {
    exchange.setReferencePrice(instrument, feed.startPrices[index]!)
  }
  const bookKeeper = new BookKeeper(definition.expires)
  exchange.listen(bookKeeper.record)
  const log = new RequestLog()
  const lostAnswers = new LostAnswers(options.lostAnswers ?? 0, seed)
  const dialect = definition.create({ exchange, latency, lostAnswers, seed })
  dialect.limits = { ...dialect.limits, ...options.limits }
  dialect.duplicates = options.duplicates ?? 0
  const participants = new Participants(exchange, feed, seed)
  const sockets = new Map<WebSocket, () => SocketKind>()

  const server = createServer((request, response) => {
    const isAdmin = request.url?.startsWith('/admin/')
    if (!isAdmin) log.record('http', request)
    const handled = isAdmin ? handleAdmin(venue, request, response) : dialect.handleRest(request, response)
    // A client that goes away in the middle of its request is no accident of the venue.
    handled.catch(() => response.destroy())
  })
  const upgrades = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    log.record('upgrade', request)
    const url = new URL(request.url ?? '/', 'http://venue')
    const accept = dialect.socketAt(url)
    if (!accept) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    upgrades.handleUpgrade(request, socket, head, accepted => {
      accepted.on('close', () => sockets.delete(accepted))
      accepted.on('error', () => accepted.terminate())
      sockets.set(accepted, accept(accepted, (socket as Socket).remoteAddress ?? ''))
    })
  })

  const random = createRandom(seed, 'disconnects')
  let dropTimer: NodeJS.Timeout | undefined
  const planDrop = () => {
    if (dropSocketsEveryMs <= 0) return
    dropTimer = setTimeout(
      () => {
        venue.dropSockets(random.chance(0.5) ? 'user' : 'market')
        planDrop()
      },
      random.next() * 2 * dropSocketsEveryMs,
    )
  }

  const venue: Venue = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    books: () => bookKeeper.books(),
    requests: () => log.requests(),
    dropSockets(kind) {
      const dropped = [...sockets].filter(([, own]) => kind === 'all' || kind === own())
      for (const [socket] of dropped) socket.terminate()
      return dropped.length
    },
    participate(symbol, side, kind, price, quantity) {
      const instrument = exchange.instruments().find(listed => listed.symbol === symbol)
      if (!instrument) throw new Error(`${symbol} is not listed here`)
      exchange.participate(instrument, side, kind, decimal(price), decimal(quantity))
    },
    change(changes) {
      latency.latencies = { ...latency.latencies, ...changes.latencies }
      dialect.limits = { ...dialect.limits, ...changes.limits }
      dialect.duplicates = changes.duplicates ?? dialect.duplicates
      lostAnswers.probability = changes.lostAnswers ?? lostAnswers.probability
    },
    async close() {
      clearTimeout(dropTimer)
      participants.stop()
      dialect.close()
      latency.close()
      for (const socket of sockets.keys()) socket.terminate()
      server.closeAllConnections()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }

  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    dialect.close()
    throw error
  }
  if (stepMs > 0) participants.start(stepMs)
  planDrop()
  return venue
}
