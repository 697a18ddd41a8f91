import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'

/** Of our OTLP sender. */
const USER_AGENT = 'orderscope-otlp-exporter'
const HTTP = '@opentelemetry/instrumentation-http'

/**
 * Leaves out what telemetry itself sends and serves where it runs in the application's loop: exports that are
 * traced would be exported for ever. `ownPort` is the scrape endpoint's, once it is known.
 */
export function withoutOwnTraffic(
  configs: InstrumentationConfigMap,
  ownPort: () => number | undefined,
): InstrumentationConfigMap {
  const http = configs[HTTP] ?? {}
  return {
    ...configs,
    [HTTP]: {
      ...http,
      ignoreIncomingRequestHook: (request: IncomingMessage): boolean => {
        const port = ownPort()
        if (port !== undefined && request.socket.localPort === port) return true
        return http.ignoreIncomingRequestHook?.(request) ?? false
      },
      ignoreOutgoingRequestHook: (options: RequestOptions): boolean =>
        isExport(options) || (http.ignoreOutgoingRequestHook?.(options) ?? false),
    },
  }
}

function isExport({ headers }: RequestOptions): boolean {
  return !Array.isArray(headers) && (headers as OutgoingHttpHeaders | undefined)?.['user-agent'] === USER_AGENT
}
