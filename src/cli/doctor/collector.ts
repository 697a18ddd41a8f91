import type { OtlpSignalConfig } from '../../channel/export-config.js'
import { grpcMethodPath } from '../../channel/otlp-methods.js'
import type { SendResult } from '../../export/otlp/attempt.js'
import { createOtlpSender } from '../../export/otlp/sender.js'
import type { Settings } from '../../telemetry/settings.js'
import { type OtlpSignal, otlpSignals, redactedUrl } from '../../telemetry/settings-otlp.js'
import type { Finding } from './finding.js'

const TIMEOUT_MS = 3000
const check = 'collector'

/** Sends an empty request of every signal where the settings say; where that isn't taken, tries what else may be meant. */
export async function checkCollector(settings: Settings): Promise<Finding[]> {
  const wanted = otlpSignals.filter(signal => (settings.exporters[signal] as readonly string[]).includes('otlp'))
  if (wanted.length === 0) return [{ check, status: 'ok', text: 'nothing is sent by OTLP' }]
  // a sender holds no process, which here has nothing else to do
  const hold = setInterval(() => {}, TIMEOUT_MS)
  try {
    return merged(await Promise.all(wanted.map(signal => checkSignal(signal, settings.otlp[signal]))))
  } finally {
    clearInterval(hold)
  }
}

interface SignalFinding extends Finding {
  readonly signal: OtlpSignal
}

async function checkSignal(signal: OtlpSignal, config: OtlpSignalConfig): Promise<SignalFinding> {
  const address = config.protocol === 'grpc' ? new URL(config.url).origin : config.url
  // the usual path says nothing
  const where = `${redactedUrl(address).replace(new RegExp(`/v1/${signal}$`), '')} by ${config.protocol}`
  const result = await probe(config)
  if (result.outcome === 'accepted') return { signal, check, status: 'ok', text: `→ ${where}: taken` }
  // an empty request isn't everybody's; what matters is that it was read
  if (result.status === 400 || result.errorType === 'INVALID_ARGUMENT') {
    return { signal, check, status: 'ok', text: `→ ${where}: read, though an empty request ${result.error}` }
  }
  const cure = (await foundInstead(signal, config)) ?? defaultCure(signal, config, result)
  return { signal, check, status: 'wrong', text: `→ ${where}: it ${result.error}`, cure }
}

async function probe(config: OtlpSignalConfig): Promise<SendResult> {
  try {
    const sender = createOtlpSender({ ...config, compression: 'none', timeoutMs: TIMEOUT_MS })
    const result = await sender.send(Buffer.from(config.protocol === 'http/json' ? '{}' : ''))
    sender.close()
    return result
  } catch (error) {
    return { outcome: 'rejected', error: `can't be asked: ${(error as Error).message}` }
  }
}

interface Guess {
  readonly config: OtlpSignalConfig
  readonly cure: string
}

/** The first guess that a collector takes. */
async function foundInstead(signal: OtlpSignal, config: OtlpSignalConfig): Promise<string | undefined> {
  const guesses = guessesFor(signal, config)
  const results = await Promise.all(guesses.map(guess => probe(guess.config)))
  const taken = guesses.find((_, i) => results[i]!.outcome === 'accepted')
  if (taken !== undefined) return taken.cure
  const withTls = guesses.find((_, i) => /isn't trusted|wants a client certificate/.test(results[i]!.error ?? ''))
  return withTls === undefined
    ? undefined
    : `${withTls.cure}, and OTEL_EXPORTER_OTLP_CERTIFICATE with the certificate of its authority`
}

function guessesFor(signal: OtlpSignal, config: OtlpSignalConfig): Guess[] {
  const guesses: Guess[] = []
  const name = (suffix: string) => `OTEL_EXPORTER_OTLP_${suffix}`
  const add = (protocol: OtlpSignalConfig['protocol'], change: (url: URL) => void, cure: (url: URL) => string) => {
    const url = new URL(config.url)
    if (protocol === 'grpc') url.pathname = grpcMethodPath(signal)
    else if (config.protocol === 'grpc') url.pathname = `/v1/${signal}`
    change(url)
    if (url.href !== config.url || protocol !== config.protocol) {
      guesses.push({ config: { ...config, protocol, url: url.href }, cure: `write ${cure(url)}` })
    }
  }
  const other = config.protocol === 'grpc' ? 'http/protobuf' : 'grpc'
  const otherScheme = (url: URL) => {
    // a setter of `protocol` keeps a port that is the default of the new scheme out
    url.protocol = url.protocol === 'http:' ? 'https:' : 'http:'
  }
  const endpoint = (url: URL) => `${name('ENDPOINT')}=${redactedUrl(url.origin)}`
  add(
    other,
    () => {},
    () => `${name('PROTOCOL')}=${other}: it speaks that at this address`,
  )
  if (config.protocol !== 'grpc') {
    add(
      config.protocol,
      url => {
        url.pathname = `/v1/${signal}`
      },
      url => `${endpoint(url)} (without a path, or with the right one)`,
    )
  }
  add(config.protocol, otherScheme, endpoint)
  add(other, otherScheme, url => `${endpoint(url)} and ${name('PROTOCOL')}=${other}`)
  const usual = { grpc: '4317', 'http/protobuf': '4318', 'http/json': '4318' } as const
  add(
    config.protocol,
    url => {
      url.port = usual[config.protocol]
      if (config.protocol !== 'grpc') url.pathname = `/v1/${signal}`
    },
    endpoint,
  )
  add(
    other,
    url => {
      url.port = usual[other]
    },
    url => `${endpoint(url)} and ${name('PROTOCOL')}=${other}`,
  )
  return guesses
}

function defaultCure(signal: OtlpSignal, config: OtlpSignalConfig, result: SendResult): string {
  if (result.unreachable) {
    return `start a collector there, write the address of one into OTEL_EXPORTER_OTLP_ENDPOINT, or turn it off: OTEL_${signal.toUpperCase()}_EXPORTER=${signal === 'metrics' ? 'prometheus' : 'none'}`
  }
  if (result.status === 404 || result.errorType === 'UNIMPLEMENTED') {
    return `if it takes no ${signal} (Jaeger takes traces only), write OTEL_${signal.toUpperCase()}_EXPORTER=${signal === 'metrics' ? 'prometheus' : 'none'}`
  }
  if (/isn't trusted/.test(result.error ?? '')) {
    return 'write the path of its authority into OTEL_EXPORTER_OTLP_CERTIFICATE'
  }
  return `look at ${new URL(config.url).host}: is it a collector, and does it answer others?`
}

/** Signals that fare alike stand in one sentence. */
function merged(findings: readonly SignalFinding[]): Finding[] {
  const groups = new Map<string, SignalFinding[]>()
  for (const finding of findings) {
    // what differs by the name of the signal only
    const key = JSON.stringify([finding.status, finding.text, finding.cure]).replaceAll(
      new RegExp(finding.signal, 'gi'),
      '*',
    )
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()].map(group => {
    const { check, status, text, cure } = group[0]!
    const signals = group.map(({ signal }) => signal)
    const all = cure
      ?.replace(/OTEL_[A-Z]+_EXPORTER=(\w+)/, (_, value) =>
        signals.map(signal => `OTEL_${signal.toUpperCase()}_EXPORTER=${value}`).join(' '),
      )
      .replace(`takes no ${signals[0]}`, `takes no ${signals.join(', ')}`)
    return { check, status, text: `${signals.join(', ')} ${text}`, ...(all !== undefined && { cure: all }) }
  })
}
