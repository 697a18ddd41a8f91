import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { sendAnswer } from '../http-answer.js'
import { parseObject } from '../json-value.js'
import type { LostAnswers } from '../lost-answers.js'
import { keyOfRequest } from './authentication.js'
import type { Gateway } from './gateway.js'
import { findRoute } from './routes.js'

/** Answers one request of the REST API: parameters in the query or in a JSON body, who asks in the headers. */
export async function handleRest(
  gateway: Gateway,
  lost: LostAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams: query, pathname } = new URL(request.url ?? '/', 'http://venue')
  const answer = await gateway.handle({
    ...findRoute(request.method ?? 'GET', pathname),
    parameters: request.method === 'GET' ? Object.fromEntries(query) : (parseObject(await text(request)) ?? {}),
    query,
    key: keyOfRequest(request.headers),
    address: request.socket.remoteAddress ?? '',
  })
  const refused = typeof answer.body === 'object' && Object(answer.body).success === false
  sendAnswer(request, response, lost, { ...answer, refused })
}
