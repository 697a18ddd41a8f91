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

export interface JsonServer {
  readonly url: string
  close(): void
}

/** JSON in, JSON out, on a free port of 127.0.0.1. */
export async function listenJson(routes: JsonRoutes): Promise<JsonServer> {
  const server = createServer(async (request, response) => {
    const answer = ({ status, body }: JsonAnswer) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const route = routes[`${request.method} ${request.url}`]
    if (!route) return answer({ status: 404, body: { error: `write one of ${Object.keys(routes).join(', ')}` } })
    try {
      answer(await route(await json(request)))
    } catch (error) {
      console.error(error)
      answer({ status: 500, body: { error: String(error) } })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
