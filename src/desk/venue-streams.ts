import type { CatalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import { checkRecorderOptions, Recorder, type RecorderOptions } from './recorder.js'
import { errorTypeOf } from './venue-api.js'

/** Records the streaming connections to a venue. Nothing of it throws. */
export interface VenueStreamRecorder {
  /** A connection is open. `again`: in place of one that was lost. */
  recordConnect(again?: boolean): void
  /**
   * An open connection was lost: not one that the application closed.
   *
   * @param errorType a class of ccxt's errors (`RequestTimeout`), everything else is `other`
   */
  recordDisconnect(errorType?: string): void
  /** The application has closed an open connection. */
  recordClose(): void
  /** A connection could not be opened. */
  recordConnectFailure(errorType?: string): void
  /** A message came in, of any kind: heartbeats too. */
  recordMessage(): void
}

/**
 * Makes a recorder for the streaming connections to a venue, as a bot with a WebSocket client of its own needs it.
 *
 * @throws {TypeError} for a bad option.
 * @example
 * const streams = createVenueStreamRecorder({ venue: { name: 'kraken' } })
 * socket.on('open', () => streams.recordConnect())
 * socket.on('message', () => streams.recordMessage())
 * socket.on('close', () => streams.recordDisconnect('NetworkError'))
 */
export function createVenueStreamRecorder(options: RecorderOptions): VenueStreamRecorder {
  checkRecorderOptions('createVenueStreamRecorder', options)
  return new StreamRecorder(options)
}

class StreamRecorder extends Recorder implements VenueStreamRecorder {
  #open = 0
  #lastMessage = 0
  #messages: BoundSeries | undefined
  #messagesOf = 0

  recordConnect(again = false): void {
    this.attempt(() => {
      this.connect()
      if (this.#open === 0) this.#lastMessage = performance.now()
      this.#count(1)
      this.handle('connects', (instruments, place) => instruments.bind('trading.stream.connects', place)).add(1)
      if (again === true) this.#reconnects().add(1)
    })
  }

  recordDisconnect(errorType = 'NetworkError'): void {
    this.attempt(() => {
      this.#count(-1)
      const error = errorTypeOf(errorType)
      this.handle(`disconnect ${error}`, (instruments, place) =>
        instruments.bind('trading.stream.disconnects', { ...place, 'error.type': error }),
      ).add(1)
    })
  }

  recordClose(): void {
    this.attempt(() => this.#count(-1))
  }

  recordConnectFailure(errorType = 'NetworkError'): void {
    this.attempt(() => {
      // there is a venue, and no connection to it
      this.#count(0)
      const error = errorTypeOf(errorType)
      this.handle(`failure ${error}`, (instruments, place) =>
        instruments.bind('trading.stream.connect.failures', { ...place, 'error.type': error }),
      ).add(1)
    })
  }

  recordMessage(): void {
    try {
      const instruments = this.connect()
      if (this.#messagesOf !== this.generation) {
        this.#messages = instruments.bind('trading.stream.messages', this.place)
        this.#messagesOf = this.generation
      }
      this.#lastMessage = performance.now()
      this.#messages!.add(1)
    } catch (error) {
      this.attempt(() => {
        throw error
      })
    }
  }

  protected override observe(instruments: CatalogInstruments): (() => void)[] {
    return [
      instruments.observe('trading.stream.staleness', observe => {
        if (this.#open > 0) observe(Math.max(0, performance.now() - this.#lastMessage) / 1000, this.place)
      }),
    ]
  }

  protected override restore(): void {
    if (this.#open > 0) this.#connections().add(this.#open)
  }

  /** Told with 0 too, so that the series are there before anything happened. */
  #count(change: number): void {
    const counted = Math.max(0, this.#open + change) - this.#open
    const connections = this.#connections()
    this.#open += counted
    connections.add(counted)
    this.#reconnects().add(0)
  }

  #connections(): BoundSeries {
    return this.handle('connections', (instruments, place) => instruments.bind('trading.stream.connections', place))
  }

  #reconnects(): BoundSeries {
    return this.handle('reconnects', (instruments, place) => instruments.bind('trading.stream.reconnects', place))
  }
}
