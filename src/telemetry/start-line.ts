import { VERSION } from '../version.js'
import type { Settings } from './settings.js'
import { redactedUrl } from './settings-otlp.js'

/** What is known when the reading end is up. */
export interface StartFacts {
  readonly serviceName: string
  readonly endpoint: string | undefined
  readonly place: 'thread' | 'loop'
  readonly startMs: number
  /** What an SDK of the application's own exports. */
  readonly foreign: ReadonlySet<string>
  /** What was instrumented beyond upstream's modules: `ccxt 4.5.84: orders followed`. */
  readonly notes: readonly string[]
}

/** One line that says what goes where, secrets left out. */
export function startLine(settings: Settings, facts: StartFacts): string {
  const parts = [
    ...metricsParts(settings, facts),
    ...otlpParts(settings, facts),
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

function otlpParts(settings: Settings, { foreign }: StartFacts): string[] {
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
  const theirs = nowhere.filter(signal => foreign.has(signal))
  const off = nowhere.filter(signal => !foreign.has(signal))
  if (theirs.length > 0) parts.push(`${theirs.join(', ')}: through the application's own OpenTelemetry SDK`)
  return off.length === 0 ? parts : [...parts, `${off.join(', ')}: off`]
}
