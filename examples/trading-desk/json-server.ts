import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface JsonAnswer {
  readonly status: number
  readonly body: object
}

/** By `POST /path`. */
export type JsonRoutes = Readonly<Record<string, (body: unknown) => Promise<JsonAnswer>>>

/** Where a service listens; port 0 is any free one. */
export interface Listening {
  readonly host: string
  readonly port: string
}

export interface JsonServer {
  readonly url: string
  close(): void
}

/** JSON in, JSON out; `GET /` says what can be asked, and so that it listens. */
export async function listenJson(routes: JsonRoutes, { host, port }: Listening): Promise<JsonServer> {
  const server = createServer(async (request, response) => {
    const answer = ({ status, body }: JsonAnswer) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (request.method === 'GET' && request.url === '/') return answer({ status: 200, body: Object.keys(routes) })
    const route = routes[`${request.method} ${request.url}`]
    if (!route) return answer({ status: 404, body: { error: `write one of ${Object.keys(routes).join(', ')}` } })
    try {
      answer(await route(await json(request)))
    } catch (error) {
      console.error(error)
      answer({ status: 500, body: { error: String(error) } })
    }
  })
  server.listen(Number(port), host)
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
