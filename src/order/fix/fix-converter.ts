import type { OrderEvent } from '../event.js'
import { type FixFields, readerOf } from './fix-fields.js'
import { type FixReading, rejectOf, toOrderEvents } from './to-order-events.js'

const DEFAULT_MAXIMUM_REQUESTS = 10_000

/** Settings of a converter. */
export interface FixConverterOptions {
  /** Requests remembered, for the rejects that name them by sequence number only. Default 10 000. */
  readonly maximumRequests?: number
}

/** Turns the messages of a FIX session, both directions, into order events. */
export interface FixConverter {
  /** The order events of one message; also of a session or business reject that answers a request. */
  toOrderEvents(message: FixFields, reading?: FixReading): OrderEvent[]
}

interface SentRequest {
  readonly type: string
  readonly clientId?: string
  readonly originalClientId?: string
}

/**
 * Like {@link toOrderEvents}, with a memory of the requests it has seen: a session Reject (35=3) or a business one
 * (35=j) names the request by its MsgSeqNum, and may be the only answer to it.
 */
export function createFixConverter(options: FixConverterOptions = {}): FixConverter {
  return new RememberingConverter(options.maximumRequests ?? DEFAULT_MAXIMUM_REQUESTS)
}

class RememberingConverter implements FixConverter {
  readonly #maximum: number
  /** By sender, target and sequence number, the oldest first. */
  readonly #requests = new Map<string, SentRequest>()

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  toOrderEvents(message: FixFields, reading: FixReading = {}): OrderEvent[] {
    const field = readerOf(message)
    const type = field(35)
    switch (type) {
      case 'D':
      case 'F':
      case 'G':
      case 'H':
      case 'AB':
      case 'AC': {
        this.#remember(`${field(49)}\u0001${field(56)}\u0001${field(34)}`, type, field(11), field(41))
        break
      }
      case '3':
      case 'j': {
        // the reject goes the other way: its target is the request's sender
        const request = this.#requests.get(`${field(56)}\u0001${field(49)}\u0001${field(45)}`)
        const refType = field(372)
        if (request === undefined || (refType !== undefined && refType !== request.type)) break
        const { type: requestType, ...ids } = request
        return rejectOf(requestType, ids, field, reading)
      }
    }
    return toOrderEvents(message, reading)
  }

  #remember(key: string, type: string, clientId: string | undefined, originalClientId: string | undefined): void {
    // a later session counts from 1 again: the newest request under a number is the one that is answered
    this.#requests.delete(key)
    if (this.#requests.size >= this.#maximum) {
      for (const oldest of this.#requests.keys()) {
        this.#requests.delete(oldest)
        break
      }
    }
    this.#requests.set(key, {
      type,
      ...(clientId === undefined ? {} : { clientId }),
      ...(originalClientId === undefined ? {} : { originalClientId }),
    })
  }
}
