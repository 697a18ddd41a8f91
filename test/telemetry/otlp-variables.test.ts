import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, createSecureServer as createHttp2TlsServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grpcMethodPath } from '../../src/channel/otlp-methods.js'
import { createOtlpSender } from '../../src/export/otlp/sender.js'
import { settingsFrom } from '../../src/telemetry/settings.js'
import { type OtlpSignal, otlpSignals } from '../../src/telemetry/settings-otlp.js'
import { startLine } from '../../src/telemetry/start-line.js'
import { makeCertificates } from '../export/otlp/certificates.js'

/*
 * Every OTEL_EXPORTER_OTLP_* variable for every signal, from the environment to the server that hears the request.
 * A server writes down what reached it: its name, path, content type and what else is not as usual.
 */
const files = makeCertificates()
const tls = { key: readFileSync(files.serverKey), cert: readFileSync(files.server), ca: readFileSync(files.ca) }
const mutual = { ...tls, requestCert: true, rejectUnauthorized: true }
const heard: string[] = []

function hear(server: string) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request
    const isGrpc = headers['content-type'] === 'application/grpc'
    const unusual = ['content-encoding', 'grpc-encoding', 'authorization', 'x-desk', 'x-late'].flatMap(name =>
      headers[name] === undefined ? [] : [`${name}: ${headers[name]}`],
    )
    request.resume()
    request.on('end', () => {
      heard.push([server, request.url, headers['content-type'], ...unusual].join(' | '))
      if (headers['x-late'] !== undefined) return
      response.writeHead(200, isGrpc ? { 'content-type': 'application/grpc', 'grpc-status': '0' } : {})
      response.end()
    })
  }
}

const servers: Readonly<Record<string, Server>> = {
  http: createServer(hear('http')),
  https: createTlsServer(tls, hear('https')),
  mutual: createTlsServer(mutual, hear('mutual')),
  grpc: createHttp2Server(hear('grpc') as never),
  grpcs: createHttp2TlsServer(tls, hear('grpcs') as never),
  grpcMutual: createHttp2TlsServer(mutual, hear('grpcMutual') as never),
}
const places: Record<string, string> = { ca: files.ca, key: files.clientKey, cert: files.client }

beforeAll(async () => {
  for (const [name, server] of Object.entries(servers)) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    places[name] = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }
})
afterAll(() => {
  for (const server of Object.values(servers)) server.close()
})

type Environment = Readonly<Record<string, string>>

function filled(environment: Environment): Environment {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => places[name]!)
  return Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, fill(text)]))
}

/** What is heard of one request of a signal, or how it ended if not well. */
async function sent(signal: OtlpSignal, environment: Environment): Promise<string> {
  heard.length = 0
  const sender = createOtlpSender(settingsFrom(filled(environment), {}, 1).otlp[signal])
  const result = await sender.send(Buffer.alloc(2000))
  sender.close()
  if (result.outcome === 'accepted') return heard.join()
  // which of OpenSSL's codes it is depends on its version
  const error = result.error!.replace(/\([A-Z0-9_]+\)/, '(…)')
  return heard[0] === undefined ? error : `${heard[0]} | ${error}`
}

/** `{signal}` and `{method}` in an expectation are those of the signal. */
function of(signal: OtlpSignal, expected: string): string {
  return expected.replace('{signal}', signal).replace('{method}', grpcMethodPath(signal))
}

const asUsual = 'http | /v1/{signal} | application/x-protobuf'
const byGrpc = 'grpc | {method} | application/grpc'
const toHttp = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}' }
const toHttps = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{https}' }
const toMutual = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{mutual}', OTEL_EXPORTER_OTLP_CERTIFICATE: '{ca}' }
const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
const toGrpc = { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{grpc}' }
const late = { OTEL_EXPORTER_OTLP_HEADERS: 'x-late=1' }
const untrusted = "has a certificate that isn't trusted (…); OTEL_EXPORTER_OTLP_CERTIFICATE names one that is"

/** A variable that exists in general and for each signal: its value, beside what else is set, and what is sent with it and without. */
const table: readonly (readonly [suffix: string, value: string, beside: Environment, sent: string, without: string])[] =
  [
    ['PROTOCOL', 'http/json', toHttp, 'http | /v1/{signal} | application/json', asUsual],
    ['PROTOCOL', 'HTTP/Protobuf', toHttp, asUsual, asUsual],
    ['HEADERS', 'x-desk=fx', toHttp, `${asUsual} | x-desk: fx`, asUsual],
    ['HEADERS', 'x-desk=fx', toGrpc, `${byGrpc} | x-desk: fx`, byGrpc],
    [
      'HEADERS',
      'Authorization=Bearer%20a%3Db%2Cc%3B, X-Desk = rates%20%26%20fx ,',
      toHttp,
      `${asUsual} | authorization: Bearer a=b,c; | x-desk: rates & fx`,
      asUsual,
    ],
    ['COMPRESSION', 'gzip', toHttp, `${asUsual} | content-encoding: gzip`, asUsual],
    ['COMPRESSION', 'gzip', toGrpc, `${byGrpc} | grpc-encoding: gzip`, byGrpc],
    ['COMPRESSION', 'none', toHttp, asUsual, asUsual],
    ['CERTIFICATE', '{ca}', toHttps, 'https | /v1/{signal} | application/x-protobuf', untrusted],
    [
      'CERTIFICATE',
      '{ca}',
      { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{grpcs}' },
      'grpcs | {method} | application/grpc',
      untrusted,
    ],
  ]

/** What is set for one signal, and in general: the signal's own wins. */
const names = ['', 'TRACES_', 'METRICS_', 'LOGS_']

function appliesTo(name: string, signal: OtlpSignal): boolean {
  return name === '' || name === `${signal.toUpperCase()}_`
}

describe.each(otlpSignals)('%s', signal => {
  describe.each(names)('OTEL_EXPORTER_OTLP_%s', name => {
    it.each(table)('%s=%s beside %j', async (suffix, value, beside, expected, without) => {
      const environment = { ...beside, [`OTEL_EXPORTER_OTLP_${name}${suffix}`]: value }
      expect(settingsFrom(filled(environment), {}, 1).problems).toEqual([])
      expect(await sent(signal, environment)).toBe(of(signal, appliesTo(name, signal) ? expected : without))
    })

    it('CLIENT_KEY and CLIENT_CERTIFICATE', async () => {
      const own = {
        [`OTEL_EXPORTER_OTLP_${name}CLIENT_KEY`]: '{key}',
        [`OTEL_EXPORTER_OTLP_${name}CLIENT_CERTIFICATE`]: '{cert}',
      }
      const toGrpcMutual = { ...toMutual, ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{grpcMutual}' }
      if (appliesTo(name, signal)) {
        expect(await sent(signal, { ...toMutual, ...own })).toBe(
          of(signal, 'mutual | /v1/{signal} | application/x-protobuf'),
        )
        expect(await sent(signal, { ...toGrpcMutual, ...own })).toBe(
          of(signal, 'grpcMutual | {method} | application/grpc'),
        )
      } else {
        expect(await sent(signal, { ...toMutual, ...own })).toMatch(/^wants a client certificate/)
        expect(await sent(signal, { ...toGrpcMutual, ...own })).toMatch(/^wants a client certificate/)
      }
    })

    it('PROTOCOL=grpc', async () => {
      const environment = {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}',
        [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]: appliesTo(name, signal)
          ? 'http://{grpc}'
          : 'http://{http}/own',
        [`OTEL_EXPORTER_OTLP_${name}PROTOCOL`]: 'grpc',
      }
      const expected = appliesTo(name, signal) ? of(signal, byGrpc) : 'http | /own | application/x-protobuf'
      expect(await sent(signal, environment)).toBe(expected)
    })

    it('TIMEOUT=70', async () => {
      const variable = { [`OTEL_EXPORTER_OTLP_${name}TIMEOUT`]: '70' }
      for (const beside of [toHttp, toGrpc]) {
        const { timeoutMs } = settingsFrom(filled({ ...beside, ...variable }), {}, 1).otlp[signal]
        expect(timeoutMs).toBe(appliesTo(name, signal) ? 70 : 10_000)
        if (timeoutMs === 70) {
          expect(await sent(signal, { ...beside, ...late, ...variable })).toMatch(/gave no answer within 70 ms$/)
        }
      }
    })

    it.each([
      ['true', 'grpc', byGrpc],
      ['false', 'grpcs', 'grpcs | {method} | application/grpc'],
    ])('INSECURE=%s for an address without scheme', async (value, server, expected) => {
      const environment = {
        ...grpc,
        OTEL_EXPORTER_OTLP_ENDPOINT: `{${server}}`,
        OTEL_EXPORTER_OTLP_CERTIFICATE: '{ca}',
        [`OTEL_EXPORTER_OTLP_${name}INSECURE`]: value,
      }
      expect(settingsFrom(filled(environment), {}, 1).problems).toEqual([])
      if (appliesTo(name, signal) || value === 'false') {
        expect(await sent(signal, environment)).toBe(of(signal, expected))
      } else {
        expect(await sent(signal, environment)).toBe("doesn't speak TLS; is its address http://?")
      }
    })
  })

  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`
  it.each<[string, Environment, string]>([
    ['gets its path appended', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}' }, asUsual],
    ['once', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}/' }, asUsual],
    [
      'behind a path',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}/otlp' },
      'http | /otlp/v1/{signal} | application/x-protobuf',
    ],
    [
      'that ends with a slash',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}/otlp/' },
      'http | /otlp/v1/{signal} | application/x-protobuf',
    ],
    [
      'before a query',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{http}/otlp?key=1' },
      'http | /otlp/v1/{signal}?key=1 | application/x-protobuf',
    ],
    ['its own is taken as it is', { [`${own}ENDPOINT`]: 'http://{http}' }, 'http | / | application/x-protobuf'],
    ['path and all', { [`${own}ENDPOINT`]: 'http://{http}/in/' }, 'http | /in/ | application/x-protobuf'],
    ['and wins', { ...toHttps, [`${own}ENDPOINT`]: 'http://{http}/in' }, 'http | /in | application/x-protobuf'],
    [
      'user and password',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:b@{http}' },
      `${asUsual} | authorization: Basic YTpi`,
    ],
    ['gRPC takes host and port', toGrpc, byGrpc],
    ['and no path', { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{grpc}/v1/x?y=1' }, byGrpc],
    ['its own for gRPC', { ...grpc, ...toHttp, [`${own}ENDPOINT`]: 'http://{grpc}' }, byGrpc],
    [
      'its own header wins, in any case',
      { ...toHttp, OTEL_EXPORTER_OTLP_HEADERS: 'X-Desk=a,authorization=t', [`${own}HEADERS`]: 'x-desk=b' },
      `${asUsual} | authorization: t | x-desk: b`,
    ],
    [
      'its own protocol wins',
      { ...toHttp, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', [`${own}PROTOCOL`]: 'http/json' },
      'http | /v1/{signal} | application/json',
    ],
  ])('ENDPOINT: %s', async (_, environment, expected) => {
    expect(await sent(signal, environment)).toBe(of(signal, expected))
  })

  it('goes to the collector of this machine when nothing is set', () => {
    const url = (environment: Environment) => settingsFrom(environment, {}, 1).otlp[signal].url
    expect(url({})).toBe(`http://localhost:4318/v1/${signal}`)
    expect(url(grpc)).toBe(`http://localhost:4317${grpcMethodPath(signal)}`)
  })
})

it('is told in the start-up line, gRPC by name', () => {
  const facts = {
    serviceName: 'bot',
    endpoint: undefined,
    place: 'thread',
    startMs: 1,
    notes: [],
    foreign: new Set<string>(),
  } as const
  const line = (environment: Environment) => startLine(settingsFrom(environment, {}, 1), facts)
  expect(line({})).toContain('traces, logs → http://localhost:4318  ·')
  expect(line({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://u:p@h:4317' })).toContain(
    'traces, logs → https://***@h:4317 (gRPC)  ·',
  )
})

describe('what does not fit is told', () => {
  const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT'
  it.each<[Environment, string[]]>([
    [
      { [ENDPOINT]: 'localhost:4317' },
      [
        `${ENDPOINT} is "localhost:4317"; it must be an address such as http://localhost:4318. It counts as not set: traces, metrics and logs go to http://localhost:4318, with gRPC to http://localhost:4317.`,
      ],
    ],
    [{ [ENDPOINT]: 'localhost:4317', ...grpc }, []],
    [{ [ENDPOINT]: 'collector', ...grpc, OTEL_EXPORTER_OTLP_INSECURE: 'true' }, []],
    [
      { [ENDPOINT]: 'unix:///run/otel.sock', ...grpc },
      [
        `${ENDPOINT} is "unix:///run/otel.sock"; it must be an address such as http://localhost:4318. It counts as not set: traces, metrics and logs go to http://localhost:4318, with gRPC to http://localhost:4317.`,
      ],
    ],
    [
      { [ENDPOINT]: 'http://h:4317/v1/traces', ...grpc },
      [`${ENDPOINT} has the path /v1/traces, which gRPC doesn't use; write the address without it`],
    ],
    [
      { [ENDPOINT]: 'https://h', ...grpc, OTEL_EXPORTER_OTLP_INSECURE: 'true' },
      [
        'OTEL_EXPORTER_OTLP_INSECURE=true has no effect; the address says it: http:// is without encryption, https:// with it',
      ],
    ],
    [
      { OTEL_EXPORTER_OTLP_LOGS_INSECURE: 'false' },
      [
        'OTEL_EXPORTER_OTLP_LOGS_INSECURE=false has no effect; the address says it: http:// is without encryption, https:// with it',
      ],
    ],
    [
      { OTEL_EXPORTER_OTLP_INSECURE: 'yes' },
      [
        'OTEL_EXPORTER_OTLP_INSECURE is "yes"; it must be true or false. It counts as not set: gRPC to an address without http:// or https:// is encrypted.',
      ],
    ],
    [
      { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k.pem' },
      ['OTEL_EXPORTER_OTLP_CLIENT_KEY has no effect alone; write OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE as well'],
    ],
    [
      { OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: '/c.pem' },
      [
        'OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE has no effect alone; write OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY as well',
      ],
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
      [
        'OTEL_EXPORTER_OTLP_PROTOCOL is "http"; it must be http/protobuf, http/json or grpc. It counts as not set: http/protobuf is spoken.',
      ],
    ],
  ])('%j', (environment, problems) => {
    expect(settingsFrom(environment, {}, 1).problems).toEqual(problems)
  })
})
