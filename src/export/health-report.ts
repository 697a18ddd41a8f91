/** What `/livez` says. */
export interface Liveness {
  /** `starting`: the application's loop hasn't turned yet, which is an error only when it lasts as long as a hang. */
  readonly status: 'up' | 'starting' | 'hung'
  /** Since when the loop hasn't turned, where it hangs. */
  readonly sinceSeconds?: number
  /** Where it was last seen. */
  readonly stage?: string
  readonly order?: string
}

/** What `/readyz` says. */
export interface Readiness {
  readonly status: 'ready' | 'starting' | 'hung' | 'ending'
}

/** What `/healthz` says: both, with what stands behind them. */
export interface HealthReport {
  readonly live: Liveness
  readonly ready: Readiness
  readonly details: Readonly<Record<string, unknown>>
}

/** Whether a supervisor should leave the process alone. */
export function isLive({ live }: HealthReport): boolean {
  return live.status !== 'hung'
}

/** Whether the process does its work. */
export function isReady({ ready }: HealthReport): boolean {
  return ready.status === 'ready'
}
