import type { OtlpSignalConfig } from '../channel/export-config.js'
import type { VariableName, VariableValues } from './settings-variables.js'

export const otlpSignals = ['traces', 'metrics', 'logs'] as const
export type OtlpSignal = (typeof otlpSignals)[number]

const DEFAULT_ENDPOINT = 'http://localhost:4318'
const DEFAULT_TIMEOUT_MS = 10_000

/** What code may say about OTLP; it holds for all signals. */
export interface OtlpOptions {
  /** Base address of the collector; `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended. */
  readonly endpoint?: string
  readonly protocol?: 'http/protobuf' | 'http/json'
  readonly headers?: Readonly<Record<string, string>>
  readonly compression?: 'none' | 'gzip'
  /** Of one request. */
  readonly timeoutMs?: number
}

/**
 * Where one signal goes: code, then the variable of the signal, then the general one. A signal's own endpoint
 * is taken as it is, the general one gets the signal's path
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
 */
export function otlpSignalConfig(signal: OtlpSignal, options: OtlpOptions, values: VariableValues): OtlpSignalConfig {
  const of = <Suffix extends string>(suffix: Suffix) => {
    const own = values[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}` as VariableName]
    return own ?? values[`OTEL_EXPORTER_OTLP_${suffix}` as VariableName]
  }
  const certificate = of('CERTIFICATE') as string | undefined
  const clientKey = of('CLIENT_KEY') as string | undefined
  const clientCertificate = of('CLIENT_CERTIFICATE') as string | undefined
  return {
    url: urlOf(signal, options, values),
    protocol: options.protocol ?? (of('PROTOCOL') as OtlpSignalConfig['protocol'] | undefined) ?? 'http/protobuf',
    headers: {
      ...values.OTEL_EXPORTER_OTLP_HEADERS,
      ...(values[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS` as VariableName] as Record<string, string>),
      ...options.headers,
    },
    compression: options.compression ?? (of('COMPRESSION') as OtlpSignalConfig['compression'] | undefined) ?? 'none',
    timeoutMs: options.timeoutMs ?? (of('TIMEOUT') as number | undefined) ?? DEFAULT_TIMEOUT_MS,
    ...(certificate !== undefined && { certificate }),
    ...(clientKey !== undefined && { clientKey }),
    ...(clientCertificate !== undefined && { clientCertificate }),
  }
}

function urlOf(signal: OtlpSignal, options: OtlpOptions, values: VariableValues): string {
  if (options.endpoint === undefined) {
    const own = values[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT` as VariableName] as string | undefined
    if (own !== undefined) return own
  }
  const base = new URL(options.endpoint ?? values.OTEL_EXPORTER_OTLP_ENDPOINT ?? DEFAULT_ENDPOINT)
  base.pathname = `${base.pathname.replace(/\/$/, '')}/v1/${signal}`
  return base.href
}

/** An address for the eyes of people: without user, password and query, where secrets may stand. */
export function redactedUrl(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  const user = url.username === '' && url.password === '' ? '' : '***@'
  return `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}${url.search === '' ? '' : '?***'}`
}
