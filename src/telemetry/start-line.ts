import { VERSION } from '../version.js'
import type { Settings } from './settings.js'
import { redactedUrl } from './settings-otlp.js'

/** What is known when the reading end is up. */
export interface StartFacts {
  readonly serviceName: string
  readonly endpoint: string | undefined
  readonly place: 'thread' | 'loop'
  readonly startMs: number
  /** What was instrumented beyond upstream's modules: `ccxt 4.5.84: orders followed`. */
  readonly notes: readonly string[]
}

/** One line that says what goes where, secrets left out. */
export function startLine(settings: Settings, facts: StartFacts): string {
  const parts = [
    ...metricsParts(settings, facts),
    ...otlpParts(settings),
    ...(settings.portHolder === undefined || facts.endpoint === undefined
      ? []
      : [`a port of its own: pid ${settings.portHolder} has the configured one`]),
    ...facts.notes,
    facts.place === 'thread' ? `telemetry thread up in ${Math.round(facts.startMs)} ms` : "in the application's loop",
  ]
  return [`${VERSION}  ${facts.serviceName}`, ...parts].join('  ·  ')
}

function metricsParts(settings: Settings, { endpoint }: StartFacts): string[] {
  if (endpoint !== undefined) return [`metrics ${endpoint}`]
  if (!settings.exporters.metrics.includes('prometheus')) return []
  // a taken port has a line of its own
  return ['metrics: not served yet']
}

function otlpParts(settings: Settings): string[] {
  const byAddress = new Map<string, string[]>()
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    if (!(settings.exporters[signal] as readonly string[]).includes('otlp')) continue
    const { url, protocol } = settings.otlp[signal]
    // the usual path says nothing
    const address =
      protocol === 'grpc'
        ? `${redactedUrl(new URL('/', url).href)} (gRPC)`
        : redactedUrl(url).replace(new RegExp(`/v1/${signal}$`), '')
    byAddress.set(address, [...(byAddress.get(address) ?? []), signal])
  }
  const parts = [...byAddress].map(([address, signals]) => `${signals.join(', ')} → ${address}`)
  const nowhere = (['traces', 'logs', 'metrics'] as const).filter(signal => settings.exporters[signal].length === 0)
  return nowhere.length === 0 ? parts : [...parts, `${nowhere.join(', ')}: off`]
}
