import type { SendResult } from './attempt.js'
import type { Signal } from './destination.js'

/** One that fails and answers by turns is told of no more often. */
const QUIET_MS = 60_000

/** A time in which it doesn't answer. */
interface Outage {
  isTold: boolean
}

/**
 * What a person is told of one collector, whatever number of signals goes there: once when it can't be reached,
 * once when it answers again, once for each way in which it refuses.
 */
export class CollectorNotices {
  readonly #address: string
  readonly #signals: readonly Signal[]
  readonly #say: (line: string) => void
  readonly #now: () => number
  #unreachable: Outage | undefined
  /** Signals that it answers with an error that may pass. */
  readonly #failing = new Map<Signal, Outage>()
  /** By the monotonic clock: when an outage of a signal, or of all, was told last. */
  readonly #toldAt = new Map<Signal | undefined, number>()
  readonly #refusals = new Set<string>()

  /** `signals`: all that go to this address. `say` gets one line, already worded. */
  constructor(address: string, signals: readonly Signal[], say: (line: string) => void, now = () => performance.now()) {
    this.#address = address
    this.#signals = signals
    this.#say = say
    this.#now = now
  }

  /** An attempt that will be repeated. */
  failed(signal: Signal, { unreachable = false, error }: SendResult): void {
    const known = this.#unreachable ?? this.#failing.get(signal)
    // where nobody listens it is the same for all that goes there; no answer may be the affair of one signal
    const isOfAll = known === undefined ? unreachable : this.#unreachable !== undefined
    const outage = known ?? { isTold: false }
    if (isOfAll) this.#unreachable = outage
    else this.#failing.set(signal, outage)
    if (outage.isTold || !this.#isTime(isOfAll ? undefined : signal)) return
    outage.isTold = true
    const what = isOfAll ? listed(this.#signals) : signal
    this.#say(`${this.#address} ${error}. The ${what} are kept and tried again.`)
  }

  /** It took or refused something. */
  answered(signal: Signal): void {
    const failing = this.#failing.get(signal)
    const unreachable = this.#unreachable
    this.#failing.delete(signal)
    this.#unreachable = undefined
    if (unreachable?.isTold !== true && failing?.isTold !== true) return
    const what = unreachable?.isTold ? listed(this.#signals.filter(each => !this.#failing.has(each))) : signal
    this.#say(`${this.#address} answers: the ${what} go out.`)
  }

  #isTime(of: Signal | undefined): boolean {
    const now = this.#now()
    if (now - (this.#toldAt.get(of) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false
    this.#toldAt.set(of, now)
    return true
  }

  /** It will never take what it got. */
  refused(signal: Signal, error: string): void {
    this.#refuse(error, `${this.#address} ${error}. The ${signal} that it got are lost; said once.`)
  }

  refusedPart(signal: Signal, count: number, message: string): void {
    const why = message === '' ? '' : ` (${message})`
    this.#refuse(
      `part of ${signal}`,
      `${this.#address} took a part of the ${signal} only: ${count} refused${why}; said once.`,
    )
  }

  #refuse(kind: string, line: string): void {
    // a collector that words each refusal anew mustn't fill the terminal
    if (this.#refusals.has(kind) || this.#refusals.size >= 8) return
    this.#refusals.add(kind)
    this.#say(line)
  }
}

function listed(signals: readonly Signal[]): string {
  const last = signals.at(-1)!
  return signals.length === 1 ? last : `${signals.slice(0, -1).join(', ')} and ${last}`
}
