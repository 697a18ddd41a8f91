import type { WebSocket } from 'ws'
import { sendJson } from '../topics.js'
import { isoTime } from './identifiers.js'

/** One socket, over which any channels run; its messages are numbered, so that a client sees when one is missing. */
export class Connection {
  /** Product ids by channel. */
  readonly products = new Map<string, Set<string>>()
  /** Whose orders the user channel tells of. */
  key: string | undefined
  /** Whether the user channel is limited to its products: a client that names none is told of all. */
  allProducts = false
  readonly #socket: WebSocket
  #sequence = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  has(channel: string, product: string): boolean {
    return this.products.get(channel)?.has(product) ?? false
  }

  /** @param name where messages of a channel are called otherwise than the channel */
  send(name: string, events: readonly object[]): void {
    const sequence_num = this.#sequence++
    sendJson(this.#socket, { channel: name, client_id: '', timestamp: isoTime(Date.now()), sequence_num, events })
  }

  fail(message: string): void {
    sendJson(this.#socket, { type: 'error', message })
  }
}
