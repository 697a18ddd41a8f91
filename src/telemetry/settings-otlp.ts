import type { OtlpSignalConfig } from '../channel/export-config.js'
import { grpcMethodPath } from '../channel/otlp-methods.js'
import { type VariableName, type VariableValue, type VariableValues, variables } from './settings-variables.js'

export const otlpSignals = ['traces', 'metrics', 'logs'] as const
export type OtlpSignal = (typeof otlpSignals)[number]

const DEFAULT_HTTP_ENDPOINT = 'http://localhost:4318'
const DEFAULT_GRPC_ENDPOINT = 'http://localhost:4317'
const DEFAULT_TIMEOUT_MS = 10_000

/** What code may say about OTLP; it holds for all signals. */
export interface OtlpOptions {
  /**
   * Base address of the collector. By HTTP, `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended; gRPC uses
   * scheme, host and port only.
   */
  readonly endpoint?: string
  readonly protocol?: 'http/protobuf' | 'http/json' | 'grpc'
  readonly headers?: Readonly<Record<string, string>>
  readonly compression?: 'none' | 'gzip'
  /** Of one request. */
  readonly timeoutMs?: number
}

type Suffix =
  | 'ENDPOINT'
  | 'PROTOCOL'
  | 'HEADERS'
  | 'COMPRESSION'
  | 'TIMEOUT'
  | 'INSECURE'
  | 'CERTIFICATE'
  | 'CLIENT_KEY'
  | 'CLIENT_CERTIFICATE'
type General<S extends Suffix> = `OTEL_EXPORTER_OTLP_${S}`

function ownName(signal: OtlpSignal, suffix: Suffix): VariableName {
  return `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}` as VariableName
}

/** The variable of the signal, then the general one: its name and what it says. */
function find<S extends Suffix>(signal: OtlpSignal, suffix: S, values: VariableValues) {
  for (const name of [ownName(signal, suffix), `OTEL_EXPORTER_OTLP_${suffix}` as VariableName]) {
    const value = values[name] as VariableValue<General<S>> | undefined
    if (value !== undefined) return { name, value }
  }
  return undefined
}

/**
 * Where one signal goes: code, then the variable of the signal, then the general one
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 */
export function otlpSignalConfig(signal: OtlpSignal, options: OtlpOptions, values: VariableValues): OtlpSignalConfig {
  const of = <S extends Suffix>(suffix: S) => find(signal, suffix, values)?.value
  const protocol = options.protocol ?? of('PROTOCOL') ?? 'http/protobuf'
  const certificate = of('CERTIFICATE')
  const clientKey = of('CLIENT_KEY')
  const clientCertificate = of('CLIENT_CERTIFICATE')
  return {
    url: protocol === 'grpc' ? grpcUrl(signal, options, values) : httpUrl(signal, options, values),
    protocol,
    headers: {
      ...lowerCased(values.OTEL_EXPORTER_OTLP_HEADERS),
      ...lowerCased(values[ownName(signal, 'HEADERS')] as Readonly<Record<string, string>> | undefined),
      ...lowerCased(options.headers),
    },
    compression: options.compression ?? of('COMPRESSION') ?? 'none',
    timeoutMs: options.timeoutMs ?? of('TIMEOUT') ?? DEFAULT_TIMEOUT_MS,
    ...(certificate !== undefined && { certificate }),
    ...(clientKey !== undefined && { clientKey }),
    ...(clientCertificate !== undefined && { clientCertificate }),
  }
}

/** `X-Api-Key` of one signal replaces the general `x-api-key`. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** A signal's own endpoint is taken as it is, the general one gets the signal's path. */
function httpUrl(signal: OtlpSignal, options: OtlpOptions, values: VariableValues): string {
  if (options.endpoint === undefined) {
    const own = values[ownName(signal, 'ENDPOINT')] as string | undefined
    if (own !== undefined && hasScheme(own)) return own
  }
  const general = values.OTEL_EXPORTER_OTLP_ENDPOINT
  const usable = general !== undefined && hasScheme(general) ? general : DEFAULT_HTTP_ENDPOINT
  const base = new URL(options.endpoint ?? usable)
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/v1/${signal}`
  return base.href
}

/** Scheme, host and port, with the path of the method. Where the scheme isn't said, `INSECURE` decides. */
function grpcUrl(signal: OtlpSignal, options: OtlpOptions, values: VariableValues): string {
  const endpoint = options.endpoint ?? find(signal, 'ENDPOINT', values)?.value ?? DEFAULT_GRPC_ENDPOINT
  const scheme = find(signal, 'INSECURE', values)?.value === true ? 'http' : 'https'
  const url = new URL(hasScheme(endpoint) ? endpoint : `${scheme}://${endpoint}`)
  url.pathname = grpcMethodPath(signal)
  url.search = ''
  url.hash = ''
  return url.href
}

function hasScheme(endpoint: string): boolean {
  return /^https?:/i.test(endpoint)
}

/** One sentence for each setting of OTLP that doesn't fit the others. */
export function otlpProblems(options: OtlpOptions, values: VariableValues): string[] {
  const problems = new Set<string>()
  for (const signal of otlpSignals) {
    const { protocol, url } = otlpSignalConfig(signal, options, values)
    const endpoint = options.endpoint === undefined ? find(signal, 'ENDPOINT', values) : undefined
    if (endpoint !== undefined) {
      const problem = endpointProblem(endpoint.name, endpoint.value, protocol)
      if (problem !== undefined) problems.add(problem)
    }
    const insecure = find(signal, 'INSECURE', values)
    const isInsecure = url.startsWith('http:')
    if (insecure !== undefined && insecure.value !== isInsecure) {
      problems.add(
        `${insecure.name}=${insecure.value} has no effect; the address says it: http:// is without encryption, https:// with it`,
      )
    }
    const key = find(signal, 'CLIENT_KEY', values)
    const certificate = find(signal, 'CLIENT_CERTIFICATE', values)
    if ((key === undefined) !== (certificate === undefined)) {
      const [name, other] = key === undefined ? [certificate!.name, 'CLIENT_KEY'] : [key.name, 'CLIENT_CERTIFICATE']
      problems.add(`${name} has no effect alone; write ${name.replace(/CLIENT_(KEY|CERTIFICATE)$/, other)} as well`)
    }
  }
  return [...problems]
}

function endpointProblem(name: VariableName, endpoint: string, protocol: string): string | undefined {
  if (protocol !== 'grpc') {
    if (hasScheme(endpoint)) return undefined
    const { mustBe, otherwise } = variables[name]
    return `${name} is "${endpoint}"; it must be ${mustBe}. It counts as not set: ${otherwise}.`
  }
  const { pathname } = new URL(hasScheme(endpoint) ? endpoint : `http://${endpoint}`)
  if (pathname === '/') return undefined
  return `${name} has the path ${pathname}, which gRPC doesn't use; write the address without it`
}

/** An address for the eyes of people: without user, password and query, where secrets may stand. */
export function redactedUrl(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  const user = url.username === '' && url.password === '' ? '' : '***@'
  return `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}${url.search === '' ? '' : '?***'}`
}
