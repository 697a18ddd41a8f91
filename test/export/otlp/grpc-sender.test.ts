import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { Metadata, status } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { afterEach, describe, expect, it } from 'vitest'
import type { OtlpSignalConfig } from '../../../src/channel/export-config.js'
import { grpcMethodPath } from '../../../src/channel/otlp-methods.js'
import type { OtlpSender } from '../../../src/export/otlp/attempt.js'
import { createOtlpSender } from '../../../src/export/otlp/sender.js'
import { makeCertificates } from './certificates.js'
import { type CallAnswer, type GrpcCollector, startGrpcCollector } from './grpc-collector.js'

const files = makeCertificates()
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function sender(address: string, more: Partial<OtlpSignalConfig> = {}): OtlpSender {
  const made = createOtlpSender({
    url: `${address}${grpcMethodPath('traces')}`,
    protocol: 'grpc',
    headers: { 'x-api-key': 'secret' },
    compression: 'none',
    timeoutMs: 2000,
    ...more,
  })
  ends.unshift(() => made.close())
  return made
}

async function collector(...args: Parameters<typeof startGrpcCollector>): Promise<GrpcCollector> {
  const started = await startGrpcCollector(...args)
  ends.push(() => started.close())
  return started
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const body = Buffer.from('bytes of a request')

/** A `google.rpc.Status` with a `RetryInfo`, written by protobufjs. */
function retryInfo(seconds: number, nanos: number): Metadata {
  const { root } = protobuf.parse(`syntax = "proto3";
    message Any { string type_url = 1; bytes value = 2; }
    message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
    message Duration { int64 seconds = 1; int32 nanos = 2; }
    message RetryInfo { Duration retry_delay = 1; }`)
  const encode = (name: string, value: object) => {
    const type = root.lookupType(name)
    return Buffer.from(type.encode(type.create(value)).finish())
  }
  const details = [
    { typeUrl: 'type.googleapis.com/google.rpc.DebugInfo', value: Buffer.from('x') },
    {
      typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
      value: encode('RetryInfo', { retryDelay: { seconds, nanos } }),
    },
  ]
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', encode('Status', { code: 8, message: 'busy', details }))
  return metadata
}

describe('createOtlpSender by gRPC', () => {
  it.each(['none', 'gzip'] as const)(
    'calls the method with message, headers and time, compression %s',
    async compression => {
      const { port, calls } = await collector()
      const large = Buffer.alloc(5000, 'x')
      expect(await sender(`http://127.0.0.1:${port}`, { compression }).send(large)).toEqual({
        outcome: 'accepted',
        status: 0,
      })
      expect(calls).toHaveLength(1)
      const [{ signal, message, headers, timeLeftMs }] = calls as [(typeof calls)[0]]
      expect(signal).toBe('traces')
      expect(message.equals(large)).toBe(true)
      expect(headers).toMatchObject({ 'x-api-key': 'secret', 'user-agent': 'orderscope-otlp-exporter' })
      expect(timeLeftMs).toBeGreaterThan(500)
      expect(timeLeftMs).toBeLessThanOrEqual(2000)
    },
  )

  it.each([
    ['gzip', 5000, 'gzip', 1],
    ['gzip', 100, undefined, 0],
    ['none', 5000, undefined, 0],
  ] as const)('compression %s of %i bytes', async (compression, size, encoding, flag) => {
    const seen: unknown[] = []
    const server = createHttp2Server((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const message = bytes.subarray(5)
        seen.push(request.headers['grpc-encoding'], bytes[0], bytes.readUInt32BE(1) === message.length)
        seen.push((flag === 1 ? gunzipSync(message) : message).length)
        response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': '0' }).end()
      })
    })
    const port = await listening(server)
    expect(await sender(`http://127.0.0.1:${port}`, { compression }).send(Buffer.alloc(size, 'x'))).toEqual({
      outcome: 'accepted',
      status: 0,
    })
    expect(seen).toEqual([encoding, flag, true, size])
  })

  it('takes user and password of the address', async () => {
    const { port, calls } = await collector()
    await sender(`http://desk:p%40ss@127.0.0.1:${port}`).send(body)
    expect(calls[0]!.headers.authorization).toBe(`Basic ${Buffer.from('desk:p@ss').toString('base64')}`)
  })

  it.each<[string, CallAnswer, object]>([
    ['OK', Buffer.alloc(0), { outcome: 'accepted', status: 0 }],
    [
      'a partial success',
      Buffer.from('\x0a\x0b\x08\x02\x12\x07too old', 'latin1'),
      { outcome: 'accepted', status: 0, partial: { rejected: 2, message: 'too old' } },
    ],
    ['bytes that are no message', Buffer.from([0xff, 0xff, 0xff]), { outcome: 'accepted', status: 0 }],
    ...(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const).map(
      name =>
        [
          name,
          { code: status[name], message: 'try later, 50% full' },
          { outcome: 'retry', status: status[name], error: `answered gRPC ${name} (try later, 50% full)` },
        ] as [string, CallAnswer, object],
    ),
    ...(['INVALID_ARGUMENT', 'UNKNOWN', 'INTERNAL', 'NOT_FOUND', 'FAILED_PRECONDITION'] as const).map(
      name =>
        [
          name,
          { code: status[name], message: '' },
          { outcome: 'rejected', status: status[name], error: `answered gRPC ${name}`, errorType: name },
        ] as [string, CallAnswer, object],
    ),
    [
      'UNIMPLEMENTED',
      { code: status.UNIMPLEMENTED, message: 'unknown service' },
      {
        outcome: 'rejected',
        status: 12,
        errorType: 'UNIMPLEMENTED',
        error: 'answered gRPC UNIMPLEMENTED (unknown service); nothing takes this signal there',
      },
    ],
    [
      'UNAUTHENTICATED',
      { code: status.UNAUTHENTICATED, message: 'no\u0007 token\n' },
      {
        outcome: 'rejected',
        status: 16,
        errorType: 'UNAUTHENTICATED',
        error: 'answered gRPC UNAUTHENTICATED (no token); look at OTEL_EXPORTER_OTLP_HEADERS',
      },
    ],
    [
      'RESOURCE_EXHAUSTED',
      { code: status.RESOURCE_EXHAUSTED, message: 'quota' },
      {
        outcome: 'rejected',
        status: 8,
        error: 'answered gRPC RESOURCE_EXHAUSTED (quota)',
        errorType: 'RESOURCE_EXHAUSTED',
      },
    ],
    [
      'RESOURCE_EXHAUSTED with RetryInfo',
      { code: status.RESOURCE_EXHAUSTED, message: 'busy', metadata: retryInfo(2, 500_000_000) },
      { outcome: 'retry', status: 8, error: 'answered gRPC RESOURCE_EXHAUSTED (busy)', retryAfterMs: 2500 },
    ],
    [
      'UNAVAILABLE with RetryInfo of a day',
      { code: status.UNAVAILABLE, message: '', metadata: retryInfo(86_400, 0) },
      { outcome: 'retry', status: 14, error: 'answered gRPC UNAVAILABLE', retryAfterMs: 300_000 },
    ],
  ])('judges %s', async (_, answer, expected) => {
    const { port } = await collector(() => answer)
    expect(await sender(`http://127.0.0.1:${port}`).send(body)).toEqual(expected)
  })

  it('says that a request is too large, so that it is sent in parts', async () => {
    const { port } = await collector()
    const result = await sender(`http://127.0.0.1:${port}`).send(Buffer.alloc(5 * 1024 * 1024))
    expect(result).toMatchObject({ outcome: 'rejected', tooLarge: true, errorType: 'RESOURCE_EXHAUSTED' })
  })

  it('gives up waiting for an answer that never comes, and goes on', async () => {
    let silent = true
    const { port, calls } = await collector(() => (silent ? 'never' : Buffer.alloc(0)))
    const made = sender(`http://127.0.0.1:${port}`)
    // whether the deadline that travels with the call or our own is first is a matter of luck
    expect(await made.send(body, 60)).toMatchObject({ outcome: 'retry' })
    silent = false
    expect(await made.send(body)).toEqual({ outcome: 'accepted', status: 0 })
    expect(calls).toHaveLength(2)
  })

  it('wants to retry when nobody listens, and connects when somebody does', async () => {
    const first = await startGrpcCollector()
    const made = sender(`http://127.0.0.1:${first.port}`)
    expect(await made.send(body)).toMatchObject({ outcome: 'accepted' })
    await first.close()
    const refused = { outcome: 'retry', error: 'refused the connection', unreachable: true }
    await expect.poll(() => made.send(body)).toEqual(refused)
    expect(await made.send(body)).toEqual(refused)
    await collector(undefined, undefined, first.port)
    expect(await made.send(body)).toMatchObject({ outcome: 'accepted' })
  })

  it('opens another connection when the collector says good-bye to one', async () => {
    const { port, end } = await collector()
    const made = sender(`http://127.0.0.1:${port}`)
    expect(await made.send(body)).toMatchObject({ outcome: 'accepted' })
    end()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(await made.send(body)).toMatchObject({ outcome: 'accepted' })
  })

  it('ends what is under way when it is closed', async () => {
    const { port, calls } = await collector(() => 'never')
    const made = sender(`http://127.0.0.1:${port}`)
    const result = made.send(body)
    await expect.poll(() => calls.length).toBe(1)
    made.close()
    expect(await result).toMatchObject({ outcome: 'retry' })
    expect(await made.send(body)).toMatchObject({ outcome: 'retry' })
  })

  it('tells an answer that breaks off from one', async () => {
    const server = createHttp2Server()
    server.on('stream', stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.end(Buffer.alloc(5))
    })
    const port = await listening(server)
    expect(await sender(`http://127.0.0.1:${port}`).send(body)).toEqual({
      outcome: 'retry',
      error: 'broke the connection (cut its answer)',
    })
  })

  it.each([
    [404, 'rejected', /^answered HTTP 404 without a status of gRPC; is it an HTTP port\? .* 4317 by default/],
    [503, 'retry', /^answered HTTP 503/],
    [401, 'rejected', /^answered HTTP 401/],
  ])('judges HTTP %i of something else that speaks HTTP/2', async (code, outcome, error) => {
    const server = createHttp2Server((_, response) => response.writeHead(code).end('<html>'))
    const port = await listening(server)
    expect(await sender(`http://127.0.0.1:${port}`).send(body)).toMatchObject({
      outcome,
      error: expect.stringMatching(error),
    })
  })

  it.each([
    ['HTTP/1.1', () => createServer((_, response) => response.end())],
    ['words', () => createTcpServer(socket => socket.end('what?\r\n'.repeat(10)))],
  ])('says that a port which speaks %s speaks no HTTP/2', async (_, server) => {
    const port = await listening(server())
    expect(await sender(`http://127.0.0.1:${port}`).send(body)).toMatchObject({
      outcome: 'retry',
      error: expect.stringMatching(/speaks no HTTP\/2; is it an HTTP port/),
    })
  })

  it('throws for a header that HTTP/2 can’t carry', () => {
    expect(() => sender('http://127.0.0.1:1', { headers: { Connection: 'close' } })).toThrow(
      "gRPC can't carry the header Connection",
    )
  })
})

describe('gRPC with TLS', () => {
  const withTls = (askClient: boolean) => collector(undefined, { files, askClient })

  it('trusts the certificate it is given', async () => {
    const { port } = await withTls(false)
    const made = sender(`https://localhost:${port}`, { certificate: files.ca })
    expect(await made.send(body)).toEqual({ outcome: 'accepted', status: 0 })
  })

  it('shows a certificate of its own', async () => {
    const { port } = await withTls(true)
    const own = { clientKey: files.clientKey, clientCertificate: files.client }
    expect(await sender(`https://127.0.0.1:${port}`, { certificate: files.ca, ...own }).send(body)).toMatchObject({
      outcome: 'accepted',
    })
    expect(await sender(`https://127.0.0.1:${port}`, { certificate: files.ca }).send(body)).toMatchObject({
      outcome: 'retry',
      error: expect.stringMatching(/^wants a client certificate/),
    })
  })

  it.each([
    [
      'a certificate that nobody trusts',
      'https',
      {},
      /certificate that isn't trusted .*OTEL_EXPORTER_OTLP_CERTIFICATE/,
    ],
    ['no TLS where it is wanted', 'http', {}, /is it an HTTP port, or one with TLS, whose address is https:\/\//],
  ])('%s is told', async (_, scheme, more, error) => {
    const { port } = await withTls(false)
    expect(await sender(`${scheme}://127.0.0.1:${port}`, more).send(body)).toMatchObject({
      outcome: 'retry',
      error: expect.stringMatching(error),
    })
  })

  it('tells that a port has no TLS', async () => {
    const { port } = await collector()
    expect(await sender(`https://127.0.0.1:${port}`).send(body)).toMatchObject({
      outcome: 'retry',
      error: "doesn't speak TLS; is its address http://?",
    })
  })

  it.each([
    [{ certificate: '/nowhere.pem' }, /^OTEL_EXPORTER_OTLP_CERTIFICATE names \/nowhere.pem: ENOENT/],
    [{ clientKey: files.client, clientCertificate: files.client }, /^OTEL_EXPORTER_OTLP_CLIENT_KEY and _CLIENT_CERTIF/],
    [{ clientKey: files.serverKey, clientCertificate: files.client }, /mismatch/],
  ])('throws for %j', (more, sentence) => {
    expect(() => sender('https://127.0.0.1:1', more)).toThrow(sentence)
  })
})
