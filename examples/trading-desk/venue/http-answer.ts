import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LostAnswers } from './lost-answers.js'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON, but for a text. */
  readonly body: unknown
  /** A refusal, where the status doesn't say so: nothing has changed. */
  readonly refused?: boolean
}

/** Sends the answer, or loses it on the way. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  lost: LostAnswers,
  { status, headers, body, refused = false }: HttpAnswer,
): void {
  if (response.destroyed) return
  if (!refused && lost.loses(request.method, status)) {
    response.destroy()
    return
  }
  const isText = typeof body === 'string'
  response.writeHead(status, { 'Content-Type': isText ? 'text/plain' : 'application/json;charset=UTF-8', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}
