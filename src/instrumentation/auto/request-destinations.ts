import type { RequestOptions } from 'node:http'
import type { Destination } from '../../order/propagation-rule.js'

/** What undici tells of a request (`undici:request:create`). */
export interface UndiciRequestLike {
  readonly origin: unknown
  readonly path: unknown
  readonly headers: unknown
  /** The Host header, which undici keeps apart. */
  readonly host?: unknown
}

/**
 * Every host that gets to see the headers of a `node:http` request: the one connected to, the one named in an
 * absolute path (a forward proxy), the one named in the Host header (a tunnel, a gateway). A Unix socket stays
 * on this machine.
 */
export function httpDestinations(options: RequestOptions): Destination[] {
  const defaultPort = portOf(options.defaultPort) ?? (options.protocol === 'https:' ? 443 : 80)
  const destinations: Destination[] = []
  if (options.socketPath === undefined || options.socketPath === null) {
    const host = textOf(options.hostname) ?? textOf(options.host) ?? 'localhost'
    destinations.push({ host, port: portOf(options.port) ?? defaultPort })
  }
  addPathAndHost(destinations, options.path, hostHeader(options.headers), defaultPort)
  return destinations.length > 0 ? destinations : [{ host: 'localhost', port: undefined }]
}

/** The same for a request of undici, Node's own `fetch` included. */
export function undiciDestinations(request: UndiciRequestLike): Destination[] {
  const url = new URL(String(request.origin))
  const port = portOf(url.port) ?? (url.protocol === 'https:' ? 443 : 80)
  const destinations: Destination[] = [{ host: url.hostname, port }]
  addPathAndHost(destinations, request.path, textOf(request.host) ?? hostHeader(request.headers), port)
  return destinations
}

/** Target of a gRPC channel: `dns:risk.desk.internal:50051`, `ipv4:10.0.0.1:443`, `unix:/run/x.sock`, `host:port`. */
export function grpcDestinations(target: string): Destination[] {
  if (/^unix(-abstract)?:/.test(target)) return [{ host: 'localhost', port: undefined }]
  // dns://authority/host:port as well
  const rest = target.replace(/^(dns|ipv4|ipv6|passthrough|xds):(\/\/[^/]*\/)?/, '')
  return rest.split(',').map(address => hostAndPort(address, 443))
}

function addPathAndHost(
  destinations: Destination[],
  path: unknown,
  host: string | undefined,
  defaultPort: number,
): void {
  if (typeof path === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(path) && URL.canParse(path)) {
    const url = new URL(path)
    destinations.push({ host: url.hostname, port: portOf(url.port) ?? (url.protocol === 'https:' ? 443 : 80) })
  }
  if (host !== undefined) destinations.push(hostAndPort(host, defaultPort))
}

function hostAndPort(text: string, defaultPort: number): Destination {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text.trim())
  if (match === null) return { host: text, port: defaultPort }
  return { host: match[1]!, port: portOf(match[2]) ?? defaultPort }
}

/** The Host header of an object, a list of names and values in turn, or undici 5's raw text. */
function hostHeader(headers: unknown): string | undefined {
  if (typeof headers === 'string') return /^host:\s*(.+?)\s*$/im.exec(headers)?.[1]
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) {
      if (String(headers[i]).toLowerCase() === 'host') return textOf(headers[i + 1])
    }
    return undefined
  }
  if (typeof headers !== 'object' || headers === null) return undefined
  for (const name of Object.keys(headers)) {
    if (name.length === 4 && name.toLowerCase() === 'host') return textOf((headers as Record<string, unknown>)[name])
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' ? first : undefined
}

function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port > 0 ? port : undefined
}
