import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { SocketKind } from './dialect.js'
import type { Venue } from './venue.js'

const SOCKETS: readonly string[] = ['market', 'user', 'all'] satisfies (SocketKind | 'all')[]

/** For whoever runs the venue, not for those who trade on it: its books, what it was sent, and accidents at will. */
export async function handleAdmin(venue: Venue, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://venue')
  await text(request)
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /admin/books':
      return answer(200, venue.books())
    case 'GET /admin/requests':
      return answer(200, venue.requests())
    case 'POST /admin/drop': {
      const sockets = url.searchParams.get('sockets') ?? 'all'
      if (!SOCKETS.includes(sockets)) return answer(400, { error: `sockets must be one of ${SOCKETS.join(', ')}` })
      return answer(200, { dropped: venue.dropSockets(sockets as SocketKind | 'all') })
    }
    default:
      return answer(404, { error: 'GET /admin/books, GET /admin/requests or POST /admin/drop?sockets=market|user|all' })
  }
}
