import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { sendAnswer } from '../http-answer.js'
import { parseObject } from '../json-value.js'
import type { LostAnswers } from '../lost-answers.js'
import type { Gateway } from './gateway.js'
import { REST_ROUTES } from './routes.js'

/** Answers one request of the REST API: parameters in the query or in a JSON body, who asks in the headers. */
export async function handleRest(
  gateway: Gateway,
  lost: LostAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://venue')
  const parameters =
    request.method === 'GET' ? Object.fromEntries(url.searchParams) : (parseObject(await text(request)) ?? {})
  const header = (name: string) => request.headers[name]?.toString()
  const { httpStatus, limits, ...body } = await gateway.handle(
    REST_ROUTES.get(`${request.method} ${url.pathname}`),
    parameters,
    {
      apiKey: header('x-bapi-api-key'),
      signature: header('x-bapi-sign'),
      timestamp: header('x-bapi-timestamp'),
      receiveWindow: header('x-bapi-recv-window'),
    },
    request.socket.remoteAddress ?? '',
  )
  const refused = body.retCode !== 0
  const answer = { ...body, time: Date.now() }
  sendAnswer(request, response, lost, { status: httpStatus, headers: limits, body: answer, refused })
}
