import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node'
import { describe, expect, it } from 'vitest'
import { checkTelemetryOptions } from '../../src/telemetry/settings-options.js'

describe('options of startTelemetry', () => {
  it('are taken when they are right', () => {
    expect(() =>
      checkTelemetryOptions({
        serviceName: 'bot',
        resourceAttributes: { a: 1 },
        sampler: new AlwaysOffSampler(),
        metricsExporters: ['prometheus', 'otlp'],
        otlp: { endpoint: 'https://x:4318', headers: { authorization: 'Bearer x' }, protocol: 'http/json' },
        prometheus: { host: '::1', port: 0 },
        propagateTo: ['risk', '10.0.0.0/8'],
        instrumentations: false,
        thread: undefined,
      }),
    ).not.toThrow()
  })

  it.each<[unknown, string]>([
    [null, 'options must be an object, not null'],
    ['x', 'options must be an object'],
    [{ servicename: 'x' }, 'there is no option servicename; did you mean serviceName?'],
    [{ otlp: { endpont: 'x' } }, 'there is no option otlp.endpont; did you mean otlp.endpoint?'],
    [{ serviceName: '' }, 'serviceName is ""; it must be a non-empty string'],

    [{ sampler: 2 }, 'sampler is 2; it must be a number from 0 to 1, or a Sampler'],
    [{ sampler: Number.NaN }, 'sampler is NaN'],
    [{ tracesExporters: ['zipkin'] }, `it must be an array of 'otlp', 'console'`],
    [{ otlp: 'http://x' }, 'it must be an object such as { endpoint: "http://localhost:4318" }'],
    [{ otlp: { endpoint: 'localhost:4318' } }, 'otlp.endpoint is "localhost:4318"; it must be an address'],
    [{ otlp: { protocol: 'thrift' } }, `'http/protobuf' or 'http/json' or 'grpc'`],
    [{ otlp: { timeoutMs: 0 } }, 'otlp.timeoutMs is 0'],
    [{ prometheus: { port: 70_000 } }, 'prometheus.port is 70000; it must be a whole number from 0 to 65535'],
    [{ propagateTo: ['http://x'] }, 'has a scheme; write host or host:port'],
    [{ propagateTo: 'x' }, 'it must be an array of hosts'],
    [{ exitTimeoutMs: -1 }, 'exitTimeoutMs is -1'],
    [{ thread: 'off' }, 'thread is "off"; it must be true or false'],
    [{ views: {} }, 'views is {}; it must be an array'],
    [{ resourceAttributes: { a: {} } }, 'values are strings, numbers or booleans'],
  ])('%j throws a TypeError that says what to write', (options, part) => {
    expect(() => checkTelemetryOptions(options)).toThrow(TypeError)
    expect(() => checkTelemetryOptions(options)).toThrow(part)
  })

  it('never shows a header', () => {
    const options = { otlp: { headers: { authorization: 's3cret\n' } } }
    expect(() => checkTelemetryOptions(options)).toThrow('otlp.headers is unreadable')
    expect(() => checkTelemetryOptions(options)).not.toThrow('s3cret')
  })
})
