import type { VenueStreamRecorder } from '../../desk/venue-streams.js'
import { isObject } from './unified.js'
import { venueErrorType } from './venue-error.js'

/** Addresses of one exchange object that are remembered as lost. */
const MAXIMUM_LOST = 1000

interface Connection {
  phase: 'connecting' | 'open' | 'ended'
  closing: boolean
}

/** The streaming connections of one exchange object: each connect, loss and reconnect is told once. */
export class Connections {
  readonly #recorder: VenueStreamRecorder
  readonly #connections = new WeakMap<object, Connection>()
  /** By address: losses that no new connection has made good yet. */
  readonly #lost = new Map<string, number>()

  constructor(recorder: VenueStreamRecorder) {
    this.#recorder = recorder
  }

  onConnected(client: object): void {
    const connection = this.#of(client)
    if (connection.phase === 'open') return
    connection.phase = 'open'
    const address = addressOf(client)
    const lost = this.#lost.get(address) ?? 0
    if (lost > 1) this.#lost.set(address, lost - 1)
    else this.#lost.delete(address)
    this.#recorder.recordConnect(lost > 0)
  }

  /** A connection that ends with an error is told by `onError` and again by `onClose`. */
  onEnded(client: object, error: unknown): void {
    const connection = this.#of(client)
    const { phase } = connection
    if (phase === 'ended') return
    connection.phase = 'ended'
    const own = connection.closing || isOwnEnd(client)
    const errorType =
      isObject(error) && !('code' in error && 'wasClean' in error) ? venueErrorType(error) : 'NetworkError'
    if (phase === 'open') {
      if (own) this.#recorder.recordClose()
      else {
        const address = addressOf(client)
        if (this.#lost.has(address) || this.#lost.size < MAXIMUM_LOST) {
          this.#lost.set(address, (this.#lost.get(address) ?? 0) + 1)
        }
        this.#recorder.recordDisconnect(errorType)
      }
    } else if (!own) this.#recorder.recordConnectFailure(errorType)
  }

  /** The application closes the exchange object: what ends now is no loss. */
  onClosing(clients: unknown): void {
    this.#lost.clear()
    if (!isObject(clients)) return
    for (const client of Object.values(clients)) if (isObject(client)) this.#of(client).closing = true
  }

  #of(client: object): Connection {
    let connection = this.#connections.get(client)
    if (connection === undefined) {
      connection = { phase: 'connecting', closing: false }
      this.#connections.set(client, connection)
    }
    return connection
  }
}

/** ccxt sets `disconnected` when this side closes the socket. */
function isOwnEnd(client: object): boolean {
  const { error, disconnected } = client as { error?: unknown; disconnected?: unknown }
  return error === undefined ? disconnected !== undefined : venueErrorType(error) === 'ExchangeClosedByUser'
}

/** The same after a reconnect: without what is new each time, such as a listen key in the path or a token. */
function addressOf(client: object): string {
  const { url } = client as { url?: unknown }
  if (typeof url !== 'string') return ''
  const [address = ''] = url.split('?')
  return address
    .split('/')
    .filter(part => part.length <= 40)
    .join('/')
}
