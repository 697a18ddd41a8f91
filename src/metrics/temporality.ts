import type { Temporality } from '../channel/messages.js'
import type { InstrumentKind } from './views.js'

/** Words of OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory'

/**
 * What a preference means for a kind of instrument
 * (https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration).
 * What goes up and down is a total for all of them.
 */
export function temporalityOf(kind: InstrumentKind, preference: TemporalityPreference): Temporality {
  switch (kind) {
    case 'COUNTER':
    case 'HISTOGRAM':
      return preference === 'cumulative' ? 'cumulative' : 'delta'
    case 'GAUGE':
    case 'OBSERVABLE_COUNTER':
    case 'OBSERVABLE_GAUGE':
      return preference === 'delta' ? 'delta' : 'cumulative'
    case 'UP_DOWN_COUNTER':
    case 'OBSERVABLE_UP_DOWN_COUNTER':
      return 'cumulative'
  }
}
