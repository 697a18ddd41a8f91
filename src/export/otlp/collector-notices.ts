import type { SendResult } from './attempt.js'
import type { Signal } from './destination.js'

/**
 * What a person is told of one collector, whatever number of signals goes there: once when it can't be reached,
 * once when it answers again, once for each way in which it refuses.
 */
export class CollectorNotices {
  readonly #address: string
  readonly #signals: readonly Signal[]
  readonly #say: (line: string) => void
  #isUnreachable = false
  /** Signals that it answers with an error that may pass. */
  readonly #failing = new Set<Signal>()
  readonly #refusals = new Set<string>()

  /** `signals`: all that go to this address. `say` gets one line, already worded. */
  constructor(address: string, signals: readonly Signal[], say: (line: string) => void) {
    this.#address = address
    this.#signals = signals
    this.#say = say
  }

  /** An attempt that will be repeated. */
  failed(signal: Signal, { unreachable = false, error }: SendResult): void {
    if (this.#isUnreachable || this.#failing.has(signal)) return
    // where nobody listens it is the same for all that goes there; no answer may be the affair of one signal
    if (unreachable) this.#isUnreachable = true
    else this.#failing.add(signal)
    const what = unreachable ? listed(this.#signals) : signal
    this.#say(`${this.#address} ${error}. The ${what} are kept and tried again.`)
  }

  /** It took or refused something. */
  answered(signal: Signal): void {
    const wasFailing = this.#failing.delete(signal)
    if (!this.#isUnreachable && !wasFailing) return
    const what = this.#isUnreachable ? listed(this.#signals.filter(each => !this.#failing.has(each))) : signal
    this.#isUnreachable = false
    this.#say(`${this.#address} answers: the ${what} go out.`)
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
