import type { IncomingMessage } from 'node:http'

export interface RecordedRequest {
  readonly kind: 'http' | 'upgrade'
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const CAPACITY = 20_000

/** What clients sent in the way of headers; the newest are kept. */
export class RequestLog {
  readonly #requests: RecordedRequest[] = []

  record(kind: RecordedRequest['kind'], request: IncomingMessage): void {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const path = (request.url ?? '/').split('?')[0]!
    this.#requests.push({ kind, method: request.method ?? 'GET', path, headers })
    if (this.#requests.length > CAPACITY) this.#requests.shift()
  }

  requests(): readonly RecordedRequest[] {
    return this.#requests
  }
}
