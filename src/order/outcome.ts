import type { AnomalyKind } from './event.js'
import type { OrderState } from './order-state.js'
import type { Anomaly, Effect } from './transition.js'

const NO_EFFECTS: readonly Effect[] = Object.freeze([])
const NO_ANOMALIES: readonly Anomaly[] = Object.freeze([])

/** What the event at hand comes to, gathered while it is applied. */
export class Outcome {
  #effects: Effect[] | undefined = undefined
  #anomalies: Anomaly[] | undefined = undefined

  effect(effect: Effect): void {
    if (this.#effects === undefined) this.#effects = [effect]
    else this.#effects.push(effect)
  }

  anomaly(order: OrderState | undefined, kind: AnomalyKind, message: string): void {
    const anomaly = { kind, message }
    if (this.#anomalies === undefined) this.#anomalies = [anomaly]
    else this.#anomalies.push(anomaly)
    order?.countAnomaly(kind)
  }

  /** Sets aside what belongs to one order while another one's is gathered. */
  suspend(): { effects: Effect[] | undefined; anomalies: Anomaly[] | undefined } {
    const held = { effects: this.#effects, anomalies: this.#anomalies }
    this.#effects = undefined
    this.#anomalies = undefined
    return held
  }

  resume(held: { effects: Effect[] | undefined; anomalies: Anomaly[] | undefined }): void {
    this.#effects = held.effects
    this.#anomalies = held.anomalies
  }

  takeEffects(): readonly Effect[] {
    const effects = this.#effects ?? NO_EFFECTS
    this.#effects = undefined
    return effects
  }

  takeAnomalies(): readonly Anomaly[] {
    const anomalies = this.#anomalies ?? NO_ANOMALIES
    this.#anomalies = undefined
    return anomalies
  }
}
