import type { WebSocket } from 'ws'

/** Who has subscribed to what, over any number of sockets. */
export class Topics {
  readonly #subscriptions = new Map<WebSocket, Set<string>>()

  /** The topics of a socket, to be changed as its client asks; gone with the socket. */
  of(socket: WebSocket): Set<string> {
    let topics = this.#subscriptions.get(socket)
    if (!topics) {
      topics = new Set()
      this.#subscriptions.set(socket, topics)
      socket.on('close', () => this.#subscriptions.delete(socket))
    }
    return topics
  }

  /** @param message made only where somebody listens */
  send(topic: string, message: () => object): void {
    let text: string | undefined
    for (const [socket, topics] of this.#subscriptions) {
      if (!topics.has(topic)) continue
      text ??= JSON.stringify(message())
      if (socket.readyState === socket.OPEN) socket.send(text)
    }
  }
}

export function sendJson(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}
