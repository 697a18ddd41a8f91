import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { OtlpSignalConfig } from '../../../src/channel/export-config.js'
import type { OtlpSender } from '../../../src/export/otlp/attempt.js'
import { createOtlpSender } from '../../../src/export/otlp/sender.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

async function against(listener: RequestListener, more: Partial<OtlpSignalConfig> = {}): Promise<OtlpSender> {
  const server = createServer(listener)
  const port = await listen(server)
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return sender(port, more)
}

function sender(port: number, more: Partial<OtlpSignalConfig> = {}): OtlpSender {
  const made = createOtlpSender({
    url: `http://127.0.0.1:${port}/v1/traces`,
    protocol: 'http/protobuf',
    headers: { 'x-api-key': 'secret' },
    compression: 'none',
    timeoutMs: 2000,
    ...more,
  })
  ends.push(() => made.close())
  return made
}

const body = Buffer.from('bytes of a request')

describe('createOtlpSender', () => {
  it.each([
    ['http/protobuf', 'none', 'application/x-protobuf', undefined],
    ['http/json', 'gzip', 'application/json', 'gzip'],
  ] as const)('posts by %s, %s', async (protocol, compression, type, encoding) => {
    const large = Buffer.alloc(5000, 'x')
    const seen: unknown[] = []
    const made = await against(
      async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const bytes = Buffer.concat(chunks)
        seen.push(
          request.method,
          request.url,
          request.headers['x-api-key'],
          request.headers['content-type'],
          request.headers['content-encoding'],
          (encoding === 'gzip' ? gunzipSync(bytes) : bytes).equals(large),
        )
        response.end()
      },
      { protocol, compression },
    )
    expect(await made.send(large)).toEqual({ outcome: 'accepted', status: 200 })
    expect(seen).toEqual(['POST', '/v1/traces', 'secret', type, encoding, true])
  })

  it.each([
    [200, {}, '', { outcome: 'accepted' }],
    [202, {}, '', { outcome: 'accepted' }],
    [
      400,
      { 'content-type': 'application/json' },
      '{"code":3,"message":"bad\\u0007 span\\nid"}',
      { outcome: 'rejected', error: 'answered HTTP 400 (bad span id)' },
    ],
    [
      400,
      { 'content-type': 'application/x-protobuf' },
      '\x08\x03\x12\x03bad',
      { outcome: 'rejected', error: 'answered HTTP 400 (bad)' },
    ],
    [404, {}, '', { outcome: 'rejected', error: 'answered HTTP 404; nothing takes this signal at /v1/traces' }],
    [413, {}, '', { outcome: 'rejected' }],
    [
      415,
      {},
      '',
      {
        outcome: 'rejected',
        error:
          'answered HTTP 415; is it a gRPC port? The collector listens for HTTP on 4318 by default, and OTEL_EXPORTER_OTLP_PROTOCOL=grpc speaks gRPC',
      },
    ],
    [500, {}, '', { outcome: 'rejected' }],
    [
      308,
      { location: 'https://otlp.desk.example/v1/traces' },
      '',
      {
        outcome: 'rejected',
        error: 'answered HTTP 308; it says that it is at https://otlp.desk.example/v1/traces: write that address',
      },
    ],
    [429, { 'retry-after': '3' }, '', { outcome: 'retry', retryAfterMs: 3000 }],
    [503, { 'retry-after': 'soon' }, '', { outcome: 'retry' }],
    [503, { 'retry-after': '999999999' }, '', { outcome: 'retry', retryAfterMs: 300_000 }],
    [502, {}, '', { outcome: 'retry' }],
    [504, {}, '', { outcome: 'retry' }],
  ])('judges %i', async (status, headers, text, expected) => {
    const made = await against((_, response) => response.writeHead(status, headers as Record<string, string>).end(text))
    const result = await made.send(body)
    expect(result).toMatchObject({ status, ...expected })
    if (!('retryAfterMs' in expected)) expect(result.retryAfterMs).toBeUndefined()
  })

  it.each([
    [
      'application/json',
      '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}',
      { rejected: 2, message: 'too old' },
    ],
    ['application/x-protobuf', '\x0a\x0b\x08\x02\x12\x07too old', { rejected: 2, message: 'too old' }],
    ['application/json', '{"partialSuccess":{}}', undefined],
    ['application/json', '{"partialSuccess":{"rejectedSpans":"NaN"}}', undefined],
    ['application/json', 'not json', undefined],
    ['application/x-protobuf', '\xff\xff\xff', undefined],
  ])('reads a partial success in %s: %j', async (type, text, partial) => {
    const made = await against((_, response) => response.writeHead(200, { 'content-type': type }).end(text))
    const result = await made.send(body)
    expect(result.outcome).toBe('accepted')
    expect(result.partial).toEqual(partial)
  })

  it('says which setting a collector that takes no gzip wants', async () => {
    const made = await against((_, response) => response.writeHead(415).end(), { compression: 'gzip' })
    expect(await made.send(Buffer.alloc(5000))).toMatchObject({
      outcome: 'rejected',
      error: 'answered HTTP 415; does it take gzip? OTEL_EXPORTER_OTLP_COMPRESSION=none sends as it is',
    })
  })

  it('a collector that closes each connection after its answer, unannounced, takes everything', async () => {
    let connections = 0
    const made = await against((request, response) => {
      connections++
      request.resume()
      response.writeHead(200, { connection: 'keep-alive' }).end()
      // so late that the next request is on its way
      setTimeout(() => request.socket.resetAndDestroy(), 2)
    })
    for (let i = 0; i < 30; i++) {
      expect(await made.send(body)).toEqual({ outcome: 'accepted', status: 200 })
      await new Promise(resolve => setTimeout(resolve, i % 4))
    }
    expect(connections).toBeGreaterThanOrEqual(30)
  })

  it('knows the date of Retry-After', async () => {
    const made = await against((_, response) =>
      response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end(),
    )
    const { retryAfterMs } = await made.send(body)
    expect(retryAfterMs).toBeGreaterThan(55_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('wants to retry when nobody listens, and says so', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise(resolve => server.close(resolve))
    expect(await sender(port).send(body)).toEqual({
      outcome: 'retry',
      error: 'refused the connection',
      unreachable: true,
    })
  })

  it('gives up waiting for an answer that never comes or never ends', async () => {
    const silent = await against(() => {}, { timeoutMs: 40 })
    expect(await silent.send(body)).toEqual({ outcome: 'retry', error: 'gave no answer within 40 ms' })
    const dripping = await against(
      (_, response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('x'), 5)
        ends.push(() => clearInterval(drip))
      },
      { timeoutMs: 60 },
    )
    expect(await dripping.send(body)).toMatchObject({ outcome: 'retry' })
  })

  it('reads no more of an endless answer than it has to', async () => {
    const made = await against((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(65_536, ' ')
      const more = () => {
        if (!response.destroyed && response.write(chunk)) setImmediate(more)
        else if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect(await made.send(body)).toMatchObject({ outcome: 'accepted' })
  })

  it('wants to retry when the connection breaks or isn’t HTTP', async () => {
    const cut = await against(request => request.socket.destroy())
    expect(await cut.send(body)).toMatchObject({ outcome: 'retry' })
    const other = createTcpServer(socket => socket.end('\u0000\u0000\u0006\u0004 what?\r\n'))
    const port = await listen(other)
    ends.push(() => other.close())
    expect(await sender(port).send(body)).toMatchObject({ outcome: 'retry', error: expect.stringContaining('gRPC') })
  })

  it('throws for certificates that can’t be read', () => {
    expect(() => sender(1, { url: 'https://127.0.0.1:1/v1/traces', certificate: '/nowhere.pem' })).toThrow(
      '/nowhere.pem',
    )
  })
})
