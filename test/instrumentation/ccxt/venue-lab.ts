import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import { createInMemoryTelemetry, type InMemoryTelemetry } from '../../../src/testing/index.js'
import { type Client, ccxt } from './ccxt-lab.js'

/** Values or counts of one metric, by the values of its attributes; those of several venues are added up. */
export type Points = Readonly<Record<string, number>>

/** Telemetry that is the global one for the tests of a file. */
export class VenueMetrics {
  #telemetry: InMemoryTelemetry | undefined
  #marked: Record<string, Points> = {}

  constructor() {
    beforeAll(() => {
      this.#telemetry = createInMemoryTelemetry({ global: true })
      return () => this.#telemetry?.shutdown()
    })
  }

  /** As it is now. */
  async read(name: string): Promise<Points> {
    return (await this.#all())[name] ?? {}
  }

  /** What has changed since the last `mark`; the rest is left out. */
  async since(name: string): Promise<Points> {
    const before = this.#marked[name] ?? {}
    const changes = Object.entries(await this.read(name)).map(
      ([key, value]) => [key, value - (before[key] ?? 0)] as const,
    )
    return Object.fromEntries(changes.filter(([, change]) => change !== 0))
  }

  async mark(): Promise<void> {
    this.#marked = await this.#all()
  }

  async #all(): Promise<Record<string, Points>> {
    const found: Record<string, Record<string, number>> = {}
    for (const { name, points } of await this.#telemetry!.collectMetrics()) {
      found[name] ??= {}
      for (const point of points) {
        const { 'trading.venue.name': _, ...rest } = point.attributes
        const key = Object.values(rest).map(String).sort().join(' ')
        found[name][key] = (found[name][key] ?? 0) + Number(point.count ?? point.value)
      }
    }
    return found
  }
}

/** Until `test` holds, looking again and again. */
export async function eventually(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** A venue that answers what a test says, for accidents that no good venue has. */
export async function startOddVenue(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  messages: readonly (string | Buffer)[] = [],
): Promise<{ client(): Promise<Client>; url: string; close(): Promise<void> }> {
  const server = createServer(answer)
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', socket => {
    for (const message of messages) socket.send(message)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients: Client[] = []
  return {
    url,
    client: async () => {
      const client = new ccxt.pro.binance({ apiKey: 'odd', secret: 'secret', enableRateLimit: false })
      clients.push(client)
      return connect(client, url)
    },
    close: async () => {
      for (const client of clients) await client.close()
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
