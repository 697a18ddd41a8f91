import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { sendAnswer } from '../http-answer.js'
import type { LostAnswers } from '../lost-answers.js'
import type { Gateway } from './gateway.js'
import { REST_ROUTES } from './routes.js'

/** Answers one request of the REST API: parameters in the query, in a form body, or in both. */
export async function handleRest(
  gateway: Gateway,
  lost: LostAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://venue')
  const body = request.method === 'GET' ? '' : await text(request)
  const parameters = new Map([...url.searchParams, ...new URLSearchParams(body)])
  const key = request.headers['x-mbx-apikey']
  const answer = await gateway.handle(
    REST_ROUTES.get(`${request.method} ${url.pathname}`),
    parameters,
    typeof key === 'string' ? key : undefined,
    request.socket.remoteAddress ?? '',
  )
  sendAnswer(request, response, lost, answer)
}
