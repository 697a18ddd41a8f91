import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OtlpSignalConfig } from '../../../src/channel/export-config.js'
import { createOtlpSender } from '../../../src/export/otlp/sender.js'
import { makeCertificates } from './certificates.js'

const files = makeCertificates()
const options = { key: readFileSync(files.serverKey), cert: readFileSync(files.server), ca: readFileSync(files.ca) }
const open = createServer(options, (_, response) => response.end())
const asking = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (_, response) =>
  response.end(),
)
const servers = { open, asking }

beforeAll(async () => {
  for (const server of [open, asking]) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  for (const server of [open, asking]) {
    server.close()
    server.closeAllConnections()
  }
})

async function send(server: keyof typeof servers, more: Partial<OtlpSignalConfig>, scheme = 'https') {
  const { port } = servers[server].address() as AddressInfo
  const sender = createOtlpSender({
    url: `${scheme}://127.0.0.1:${port}/v1/traces`,
    protocol: 'http/protobuf',
    headers: {},
    compression: 'none',
    timeoutMs: 2000,
    ...more,
  })
  const result = await sender.send(Buffer.from('x'))
  sender.close()
  return result
}

const own = { clientKey: files.clientKey, clientCertificate: files.client }

describe('OTLP over HTTPS', () => {
  it.each([
    ['open', { certificate: files.ca }],
    ['asking', { certificate: files.ca, ...own }],
  ] as const)('is taken by a server that is %s', async (server, more) => {
    expect(await send(server, more)).toEqual({ outcome: 'accepted', status: 200 })
  })

  it.each([
    ['open', {}, 'https', /^has a certificate that isn't trusted .*OTEL_EXPORTER_OTLP_CERTIFICATE names one/],
    [
      'asking',
      { certificate: files.ca },
      'https',
      /^wants a client certificate .*OTEL_EXPORTER_OTLP_CLIENT_KEY name one/,
    ],
    ['open', {}, 'http', /or one with TLS, whose address is https:\/\/|^broke the connection/],
  ] as const)('%s, %j by %s is told', async (server, more, scheme, error) => {
    expect(await send(server, more, scheme)).toMatchObject({ outcome: 'retry', error: expect.stringMatching(error) })
  })
})
