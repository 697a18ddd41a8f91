import type { OtlpSignalConfig } from '../../channel/export-config.js'
import type { SendResult } from './attempt.js'

/** The time for one exchange is over. */
export class TimeoutError extends Error {
  readonly code = 'TIMEOUT'
}

/** The connection was closed before a word of the protocol came. */
export class SilentPeerError extends Error {
  readonly code = 'SILENT_PEER'
}

export const httpAdvice =
  'The collector listens for HTTP on 4318 by default, and OTEL_EXPORTER_OTLP_PROTOCOL=grpc speaks gRPC'
export const grpcAdvice =
  'The collector listens for gRPC on 4317 by default, and OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf speaks HTTP'

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'EHOSTDOWN'])

/** Whatever breaks a connection may be whole again later. */
export function describeFailure(error: NodeJS.ErrnoException, config: OtlpSignalConfig, timeoutMs: number): SendResult {
  const code = error.code ?? ''
  if (error instanceof TimeoutError) return { outcome: 'retry', error: `gave no answer within ${timeoutMs} ms` }
  if (code === 'ECONNREFUSED') return { outcome: 'retry', error: 'refused the connection', unreachable: true }
  if (UNREACHABLE.has(code)) return { outcome: 'retry', error: `can't be reached (${code})`, unreachable: true }
  const reason = tlsFailure(code, error.message) ?? otherProtocol(code, config)
  return { outcome: 'retry', error: reason ?? `broke the connection (${code === '' ? error.message : code})` }
}

function tlsFailure(code: string, message: string): string | undefined {
  // Node 20 has it as EPROTO with OpenSSL's words, later ones as a code of its own
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version number/i.test(message))) {
    return "doesn't speak TLS; is its address http://?"
  }
  if (/certificate.required|handshake.failure/i.test(`${code} ${message}`)) {
    return `wants a client certificate (${code}); OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY name one`
  }
  const isUntrusted =
    code.startsWith('ERR_TLS') || code.startsWith('CERT_') || code.includes('SIGNED') || code.startsWith('UNABLE_TO')
  if (!isUntrusted) return undefined
  return `has a certificate that isn't trusted (${code}); OTEL_EXPORTER_OTLP_CERTIFICATE names one that is`
}

function otherProtocol(code: string, { protocol, url }: OtlpSignalConfig): string | undefined {
  const orTls = url.startsWith('http:') ? ', or one with TLS, whose address is https://' : ''
  if (code.startsWith('HPE_')) return `speaks no HTTP/1.1; is it a gRPC port${orTls}? ${httpAdvice}`
  if (code === 'SILENT_PEER') return `closed the connection without a word; is it an HTTP port${orTls}? ${grpcAdvice}`
  // nghttp2's word for bytes that aren't HTTP/2, and OpenSSL's for a TLS server that doesn't offer it
  if (protocol === 'grpc' && (code === 'ERR_HTTP2_ERROR' || code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')) {
    return `speaks no HTTP/2; is it an HTTP port${orTls}? ${grpcAdvice}`
  }
  return undefined
}
