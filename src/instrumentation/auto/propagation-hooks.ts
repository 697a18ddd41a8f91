import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { type Attributes, context, type Span } from '@opentelemetry/api'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { isPropagationSuppressed } from '../../order/propagation.js'
import { markHeaders, markSpan } from '../../order/propagation-guard.js'
import type { Destination } from '../../order/propagation-rule.js'
import { redactAddress } from './redact-address.js'
import {
  grpcDestinations,
  httpDestinations,
  type UndiciRequestLike,
  undiciDestinations,
} from './request-destinations.js'

const HTTP = '@opentelemetry/instrumentation-http'
const UNDICI = '@opentelemetry/instrumentation-undici'

/** What can't be understood goes to no host that a rule could name. */
const unknown: readonly Destination[] = [{ host: '', port: undefined }]

/**
 * Configuration for upstream's instrumentations that tells the guarded propagator where each request goes. Hooks
 * of the user's own still run, before ours.
 */
export function withPropagationHooks(configs: InstrumentationConfigMap): InstrumentationConfigMap {
  const http = configs[HTTP] ?? {}
  const undici = configs[UNDICI] ?? {}
  return {
    ...configs,
    [HTTP]: {
      ...http,
      startOutgoingSpanHook: (options: RequestOptions): Attributes => {
        const attributes = attempt(() => http.startOutgoingSpanHook?.(options)) ?? {}
        markOptions(options)
        return attributes
      },
      requestHook: (span: Span, request: ClientRequest | IncomingMessage): void => {
        attempt(() => http.requestHook?.(span, request))
        // a venue's WebSocket begins with a request
        if (isPropagationSuppressed(context.active())) attempt(() => redactSpan(span))
      },
    },
    [UNDICI]: {
      ...undici,
      requestHook: (span: Span, request: UndiciRequestLike): void => {
        attempt(() => undici.requestHook?.(span, request as never))
        markSpan(span, attempt(() => undiciDestinations(request)) ?? unknown)
        if (isPropagationSuppressed(context.active())) attempt(() => redactSpan(span))
      },
    },
  } as InstrumentationConfigMap
}

/** Attributes that hold an address, or part of one: of the stable conventions, and of the old ones. */
const ADDRESSES = ['url.full', 'url.path', 'url.query', 'http.url', 'http.target'] as const

function redactSpan(span: Span): void {
  const { attributes } = span as unknown as { attributes?: Attributes }
  for (const name of ADDRESSES) {
    const value = attributes?.[name]
    if (typeof value !== 'string' || value === '') continue
    const clean = name === 'url.query' ? '?REDACTED' : redactAddress(value)
    if (clean !== value) span.setAttribute(name, clean)
  }
}

/**
 * Upstream's gRPC instrumentation has no hook before it injects, but it reads the channel's target there for its
 * attributes. `instrumentation` is an instance of it.
 */
export function hookGrpc(instrumentation: object): void {
  const grpc = instrumentation as { extractNetMetadata?: (client: GrpcClientLike, span: Span) => void }
  const original = grpc.extractNetMetadata
  if (typeof original !== 'function') return
  grpc.extractNetMetadata = (client, span) => {
    markSpan(span, attempt(() => grpcDestinations(client.getChannel().getTarget())) ?? unknown)
    original.call(instrumentation, client, span)
  }
}

interface GrpcClientLike {
  getChannel(): { getTarget(): string }
}

function markOptions(options: RequestOptions): void {
  const destinations = attempt(() => httpDestinations(options)) ?? unknown
  options.headers = markHeaders(asObject(options.headers), destinations) as NonNullable<RequestOptions['headers']>
}

/** `node:http` takes a list of names and values in turn too, which upstream would copy into headers `0`, `1`, … */
function asObject(headers: RequestOptions['headers']): RequestOptions['headers'] {
  if (!Array.isArray(headers)) return headers
  const object: Record<string, string | string[]> = {}
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = String(headers[i])
    const value = headers[i + 1] as string
    const before = object[name]
    object[name] = before === undefined ? value : ([] as string[]).concat(before, value)
  }
  return object
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
