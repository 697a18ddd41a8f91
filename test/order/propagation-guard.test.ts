import type { IncomingMessage, Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo, LookupFunction } from 'node:net'
import { context, propagation, ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { AlwaysOffSampler, AlwaysOnSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hookGrpc, withPropagationHooks } from '../../src/instrumentation/auto/propagation-hooks.js'
import { inject, setOrderIds, suppressPropagation } from '../../src/order/propagation.js'
import { createGuardedPropagator } from '../../src/order/propagation-guard.js'
import { createPropagationRule, defaultPropagationRule } from '../../src/order/propagation-rule.js'

// modules by require: that is the way instrumentations patch, and http must be loaded after them
const require = createRequire(import.meta.url)
const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] })

/** Every name leads to this machine. */
const lookup = ((_host, options, callback) => {
  const found = { address: '127.0.0.1', family: 4 }
  if ((options as { all?: boolean }).all) (callback as unknown as (e: null, all: object[]) => void)(null, [found])
  else callback(null, found.address, found.family)
}) as LookupFunction

let http: typeof import('node:http')
let undici: typeof import('undici')
let grpc: typeof import('@grpc/grpc-js')
let server: Server
let port: number
let instrumentations: Instrumentation[]
const received: IncomingMessage['headers'][] = []
const userHooks: string[] = []

beforeAll(async () => {
  const auto =
    require('@opentelemetry/auto-instrumentations-node') as typeof import('@opentelemetry/auto-instrumentations-node')
  const configs: InstrumentationConfigMap = {
    '@opentelemetry/instrumentation-http': {
      startOutgoingSpanHook: () => {
        userHooks.push('http')
        return {}
      },
    },
    '@opentelemetry/instrumentation-undici': {
      requestHook: () => {
        userHooks.push('undici')
        throw new Error('the user erred')
      },
    },
  }
  for (const name of ['dns', 'net', 'fs', 'host-metrics', 'runtime-node'])
    (configs as Record<string, object>)[`@opentelemetry/instrumentation-${name}`] = { enabled: false }
  instrumentations = auto.getNodeAutoInstrumentations(withPropagationHooks(configs))
  for (const each of instrumentations) if (each.instrumentationName.endsWith('-grpc')) hookGrpc(each)
  http = require('node:http')
  undici = require('undici')
  grpc = createRequire(require.resolve('@opentelemetry/exporter-trace-otlp-grpc'))('@grpc/grpc-js')
  server = http.createServer((request, response) => {
    received.push(request.headers)
    response.end('ok')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  for (const each of instrumentations) each.disable()
  server.closeAllConnections()
  await new Promise(done => server.close(done))
  trace.disable()
  context.disable()
  propagation.disable()
})

afterEach(() => {
  received.length = 0
  userHooks.length = 0
})

function register(sampled: boolean, rule = defaultPropagationRule): void {
  // the API takes the first registration only
  trace.disable()
  context.disable()
  propagation.disable()
  const provider = new NodeTracerProvider({ sampler: sampled ? new AlwaysOnSampler() : new AlwaysOffSampler() })
  provider.register({ propagator: createGuardedPropagator(w3c, rule) })
  for (const each of instrumentations) each.setTracerProvider(provider)
}

function httpGet(options: import('node:http').RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, lookup, agent: false, ...options }, response => {
      response.resume()
      response.on('end', resolve)
    })
    request.on('error', reject)
  })
}

async function undiciGet(host: string, headers: Record<string, string> = {}): Promise<void> {
  const dispatcher = new undici.Agent({ connect: { lookup } })
  const { body } = await undici.request(`http://${host}:${port}/`, { dispatcher, headers })
  await body.dump()
  await dispatcher.close()
}

/** Everything of ours that a server could see. */
function traceHeaders(): unknown[] {
  return received.map(headers => headers.traceparent ?? headers.tracestate ?? headers.baggage)
}

const clients = {
  http: (host: string, headers?: Record<string, string>) => httpGet({ host, ...(headers && { headers }) }),
  'http by address': (host: string, headers?: Record<string, string>) =>
    httpGet({ ...urlOptions(`http://${host}:${port}/`), ...(headers && { headers }) }),
  undici: undiciGet,
}
function urlOptions(address: string) {
  const { hostname, pathname } = new URL(address)
  return { hostname, path: pathname }
}

describe.each([
  ['recorded', true],
  ['unrecorded', false],
])('%s spans', (_, sampled) => {
  describe.each(Object.entries(clients))('%s', (_client, get) => {
    it.each(['127.0.0.1', 'localhost', 'risk'])("tells the desk's own %s", async host => {
      register(sampled)
      await get(host)
      expect(traceHeaders()).toEqual([expect.stringMatching(sampled ? /-01$/ : /-00$/)])
    })

    it('tells a venue nothing', async () => {
      register(sampled)
      const ids = setOrderIds(ROOT_CONTEXT, { clientId: 'd-1' })
      await context.with(ids, () => get('api.venue.example'))
      expect(traceHeaders()).toEqual([undefined])
    })

    it('tells nobody when the setting is empty', async () => {
      register(sampled, createPropagationRule([]))
      await get('localhost')
      expect(traceHeaders()).toEqual([undefined])
    })

    it('tells whom the setting names, by host and port', async () => {
      register(sampled, createPropagationRule([`*.desk.internal:${port}`, 'other.desk.internal:1']))
      await get('risk.desk.internal')
      await get('localhost')
      expect(traceHeaders()).toEqual([expect.any(String), undefined])
    })

    it('tells nobody from inside a call to a venue, wherever it goes', async () => {
      register(sampled, createPropagationRule(['*']))
      await context.with(suppressPropagation(ROOT_CONTEXT), () => get('localhost'))
      expect(traceHeaders()).toEqual([undefined])
    })

    it('tells nothing through a tunnel on this machine to a venue named in the Host header', async () => {
      register(sampled)
      await get('127.0.0.1', { host: 'api.venue.example' })
      expect(traceHeaders()).toEqual([undefined])
    })

    it('sends what the user injected himself, wherever it goes', async () => {
      register(sampled)
      const span = trace.getTracer('t').startSpan('own')
      const headers = inject({}, trace.setSpan(ROOT_CONTEXT, span)) as Record<string, string>
      await get('partner.example', headers)
      expect(traceHeaders()).toEqual([headers.traceparent])
    })
  })

  it('tells nothing to a venue behind a forward proxy on this machine', async () => {
    register(sampled)
    await httpGet({ host: '127.0.0.1', path: 'http://api.venue.example/order' })
    expect(traceHeaders()).toEqual([undefined])
  })

  it('keeps the headers that were given, as an object or as a list', async () => {
    register(sampled)
    const headers = { 'x-own': 'a' }
    await httpGet({ host: 'localhost', headers })
    await httpGet({ host: 'localhost', headers: ['x-own', 'b', 'host', 'localhost'] })
    expect(received.map(each => each['x-own'])).toEqual(['a', 'b'])
    expect(Reflect.ownKeys(headers)).toEqual(['x-own'])
    expect(userHooks).toEqual(['http', 'http'])
  })

  it("runs the user's own hook of undici, and survives its error", async () => {
    register(sampled)
    await undiciGet('localhost')
    await undiciGet('api.venue.example')
    expect(userHooks).toEqual(['undici', 'undici'])
    expect(traceHeaders()).toEqual([expect.any(String), undefined])
  })

  it("covers Node's own fetch", async () => {
    register(sampled)
    await (await fetch(`http://localhost:${port}/`)).text()
    register(sampled, createPropagationRule(['risk.desk.internal']))
    await (await fetch(`http://localhost:${port}/`)).text()
    expect(traceHeaders()).toEqual([expect.any(String), undefined])
  })

  it('covers gRPC', async () => {
    const serialize = (text: string) => Buffer.from(text)
    const deserialize = (bytes: Buffer) => bytes.toString()
    const method = {
      path: '/desk.Risk/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    } as const
    const seen: unknown[] = []
    const grpcServer = new grpc.Server()
    grpcServer.addService({ check: method }, {
      check: (
        call: import('@grpc/grpc-js').ServerUnaryCall<string, string>,
        answer: (e: null, text: string) => void,
      ) => {
        seen.push(call.metadata.get('traceparent')[0])
        answer(null, 'ok')
      },
    } as never)
    const at = await new Promise<number>((resolve, reject) =>
      grpcServer.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    )
    const Client = grpc.makeClientConstructor({ check: method }, 'Risk')
    const call = async (): Promise<void> => {
      const client = new Client(`127.0.0.1:${at}`, grpc.credentials.createInsecure()) as never as {
        check(text: string, done: (error: Error | null) => void): void
        close(): void
      }
      await new Promise<void>((resolve, reject) => client.check('x', error => (error ? reject(error) : resolve())))
      client.close()
    }
    register(sampled)
    await call()
    register(sampled, createPropagationRule(['risk.desk.internal']))
    await call()
    grpcServer.forceShutdown()
    expect(seen).toEqual([expect.stringMatching(/^00-/), undefined])
  })
})

describe('an instrumentation that somebody else set up', () => {
  const inVenueSpan = (kind: SpanKind, attributes: Record<string, string>) => {
    const span = trace.getTracer('theirs').startSpan('GET', { kind, attributes })
    const carrier: Record<string, string> = {}
    propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier)
    return Object.keys(carrier)
  }

  it('is guarded by what its span says', () => {
    register(true)
    expect(inVenueSpan(SpanKind.CLIENT, { 'server.address': 'api.venue.example' })).toEqual([])
    expect(inVenueSpan(SpanKind.CLIENT, { 'net.peer.name': 'api.venue.example' })).toEqual([])
    expect(inVenueSpan(SpanKind.CLIENT, { 'server.address': 'risk' })).toEqual(['traceparent'])
    expect(inVenueSpan(SpanKind.PRODUCER, { 'server.address': 'kafka.desk.internal' })).toEqual(['traceparent'])
  })
})

describe('the guarded propagator', () => {
  it('never throws, whatever the inner one does', () => {
    const broken = createGuardedPropagator(
      {
        inject: () => {
          throw new Error('inject')
        },
        extract: () => {
          throw new Error('extract')
        },
        fields: () => ['x'],
      },
      defaultPropagationRule,
    )
    const ctx = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      traceFlags: TraceFlags.SAMPLED,
    })
    expect(() => broken.inject(ctx, {}, { set: () => {} })).not.toThrow()
    expect(broken.extract(ctx, {}, { get: () => undefined, keys: () => [] })).toBe(ctx)
    expect(broken.fields()).toEqual(['x'])
  })
})
