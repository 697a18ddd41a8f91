import { describe, expect, it } from 'vitest'
import { type Settings, settingsFrom } from '../../src/telemetry/settings.js'
import type { TelemetryOptions } from '../../src/telemetry/settings-options.js'

const PID = 4711
const read = (environment: Record<string, string> = {}, options: TelemetryOptions = {}): Settings =>
  settingsFrom(environment, options, PID)

describe('defaults', () => {
  it('need no setting at all', () => {
    expect(read()).toMatchObject({
      disabled: false,
      serviceName: undefined,
      sampler: { name: 'parentbased_always_on', ratio: 1 },
      exporters: { traces: ['otlp'], metrics: ['prometheus'], logs: ['otlp'] },
      otlp: {
        traces: {
          url: 'http://localhost:4318/v1/traces',
          protocol: 'http/protobuf',
          headers: {},
          compression: 'none',
          timeoutMs: 10_000,
        },
        metrics: { url: 'http://localhost:4318/v1/metrics' },
        logs: { url: 'http://localhost:4318/v1/logs' },
      },
      prometheus: { host: '127.0.0.1', port: 9464 },
      propagators: ['tracecontext', 'baggage'],
      propagateTo: undefined,
      thread: true,
      quiet: false,
      exitTimeoutMs: 2000,
      hangAfterMs: 5000,
      threadNiceness: 0,
      ringBytes: 8 * 1024 * 1024,
      seriesLimit: 2000,
      problems: [],
    })
  })

  it('are the same for variables that are set but empty', () => {
    const { propagateTo: _, ...empty } = read({
      OTEL_SERVICE_NAME: '',
      OTEL_TRACES_SAMPLER: ' ',
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      ORDERSCOPE_THREAD: '',
      OTEL_PROPAGATORS: '',
    })
    const { propagateTo: __, ...unset } = read()
    expect(empty).toEqual(unset)
  })
})

describe('the environment', () => {
  it.each<[string, string, (settings: Settings) => unknown, unknown]>([
    ['OTEL_SDK_DISABLED', 'TRUE', s => s.disabled, true],
    ['OTEL_SERVICE_NAME', 'bot', s => s.serviceName, 'bot'],
    [
      'OTEL_RESOURCE_ATTRIBUTES',
      'service.name=bot,a=b%20c',
      s => [s.serviceName, s.resourceAttributes.a],
      ['bot', 'b c'],
    ],
    ['OTEL_TRACES_SAMPLER', 'always_off', s => s.sampler.name, 'always_off'],
    ['OTEL_TRACES_EXPORTER', 'none', s => s.exporters.traces, []],
    ['OTEL_TRACES_EXPORTER', 'console,otlp', s => s.exporters.traces, ['console', 'otlp']],
    ['OTEL_METRICS_EXPORTER', 'prometheus, otlp', s => s.exporters.metrics, ['prometheus', 'otlp']],
    ['OTEL_LOGS_EXPORTER', 'none', s => s.exporters.logs, []],
    ['OTEL_PROPAGATORS', 'baggage', s => s.propagators, ['baggage']],
    ['OTEL_PROPAGATORS', 'none', s => s.propagators, []],
    ['OTEL_PROPAGATORS', 'b3,b3multi,jaeger', s => s.propagators, ['b3', 'b3multi', 'jaeger']],
    ['OTEL_METRICS_EXPORTER', 'console', s => s.exporters.metrics, ['console']],
    ['OTEL_EXPORTER_PROMETHEUS_HOST', '0.0.0.0', s => s.prometheus.host, '0.0.0.0'],
    ['OTEL_EXPORTER_PROMETHEUS_HOST', '[::1]', s => s.prometheus.host, '::1'],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', '0', s => s.prometheus.port, 0],
    ['OTEL_METRIC_EXPORT_INTERVAL', '5000', s => s.metricExportIntervalMs, 5000],
    ['OTEL_METRIC_EXPORT_TIMEOUT', '4000', s => s.metricExportTimeoutMs, 4000],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', s => s.metricTemporality, 'delta'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'LowMemory', s => s.metricTemporality, 'lowmemory'],
    [
      'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
      'base2_exponential_bucket_histogram',
      s => s.histogramAggregation,
      'base2_exponential_bucket_histogram',
    ],
    ['OTEL_METRICS_EXEMPLAR_FILTER', 'always_off', s => s.exemplarFilter, 'always_off'],
    [
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      '10',
      s => [s.spanLimits, s.logLimits].map(l => l.attributeValueLength),
      [10, 10],
    ],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', '3', s => s.spanLimits.eventCount, 3],
    ['OTEL_LOG_LEVEL', 'DEBUG', s => s.logLevel, 'debug'],
    ['ORDERSCOPE_THREAD', 'off', s => s.thread, false],
    ['ORDERSCOPE_QUIET', '1', s => s.quiet, true],
    ['ORDERSCOPE_EXIT_TIMEOUT_MS', '0', s => s.exitTimeoutMs, 0],
    ['ORDERSCOPE_HANG_AFTER_MS', '500', s => s.hangAfterMs, 500],
    ['ORDERSCOPE_THREAD_NICENESS', '10', s => s.threadNiceness, 10],
    ['ORDERSCOPE_PROPAGATE_TO', '', s => s.propagateTo, []],
    ['ORDERSCOPE_PROPAGATE_TO', 'risk:80, *.desk.internal', s => s.propagateTo, ['risk:80', '*.desk.internal']],
    ['ORDERSCOPE_RING_BYTES', '16MiB', s => s.ringBytes, 16 * 1024 * 1024],
    ['ORDERSCOPE_SERIES_LIMIT', '50', s => s.seriesLimit, 50],
  ])('%s=%s', (name, text, pick, expected) => {
    const settings = read({ [name]: text })
    expect(settings.problems).toEqual([])
    expect(pick(settings)).toEqual(expected)
  })

  it('gives the ratio to the ratio samplers, 1 without it', () => {
    const sampler = (arg: Record<string, string>) => read({ OTEL_TRACES_SAMPLER: 'traceidratio', ...arg }).sampler
    expect(sampler({ OTEL_TRACES_SAMPLER_ARG: '.25' })).toEqual({ name: 'traceidratio', ratio: 0.25 })
    expect(sampler({})).toEqual({ name: 'traceidratio', ratio: 1 })
  })

  it('takes the general OTLP settings, and what is said for one signal before them', () => {
    const { otlp } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.desk.internal:4318/base/',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://jaeger:4318/custom',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc,x-a=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-a=2',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '7000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem',
      OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: '/cert.pem',
    })
    expect(otlp.traces).toEqual({
      url: 'http://jaeger:4318/custom',
      protocol: 'http/json',
      headers: { authorization: 'Bearer abc', 'x-a': '2' },
      compression: 'gzip',
      timeoutMs: 5000,
      certificate: '/ca.pem',
      clientKey: '/key.pem',
      clientCertificate: '/cert.pem',
    })
    expect(otlp.metrics).toMatchObject({
      url: 'https://collector.desk.internal:4318/base/v1/metrics',
      headers: { authorization: 'Bearer abc', 'x-a': '1' },
      timeoutMs: 7000,
    })
    expect(otlp.logs).toMatchObject({ protocol: 'http/protobuf', url: expect.stringMatching(/\/base\/v1\/logs$/) })
  })
})

describe('a bad value', () => {
  it.each<[string, string, string]>([
    [
      'OTEL_TRACES_SAMPLER_ARG',
      '10%',
      'OTEL_TRACES_SAMPLER_ARG is "10%"; it must be a number from 0 to 1, such as 0.1. It counts as not set: every order is traced.',
    ],
    ['OTEL_TRACES_SAMPLER', 'sometimes', 'parentbased_traceidratio'],
    ['OTEL_TRACES_SAMPLER', 'xray', 'not supported; write parentbased_traceidratio'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'thrift', 'http/protobuf, http/json or grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http', 'http/protobuf, http/json or grpc'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'an address such as http://localhost:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://x', 'an address such as http://localhost:4318'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'gzip or none'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'a whole number of milliseconds above 0'],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'write otlp'],
    ['OTEL_TRACES_EXPORTER', 'otlp,none', 'otlp, console or none'],
    ['OTEL_METRICS_EXPORTER', 'statsd', 'prometheus, otlp, console, several of them (prometheus,otlp) or none'],
    ['OTEL_PROPAGATORS', 'xray', 'write tracecontext'],
    ['OTEL_PROPAGATORS', 'b4', 'tracecontext, baggage, b3'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'service.name', 'service.version=1.4.2'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz', 'percent-encoded'],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', '99999', 'a port from 1 to 65535, or 0 for any free one'],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', '9464x', 'a port from 1 to 65535'],
    ['OTEL_EXPORTER_PROMETHEUS_HOST', 'http://0.0.0.0', 'without port'],
    ['OTEL_EXPORTER_PROMETHEUS_HOST', 'localhost:9464', 'without port'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '-1', 'above 0'],
    ['OTEL_SPAN_LINK_COUNT_LIMIT', 'many', 'a whole number from 0'],
    ['OTEL_SDK_DISABLED', 'yes', 'true or false'],
    ['OTEL_SDK_DISABLED', '1', 'true or false'],
    ['OTEL_LOG_LEVEL', 'loud', 'verbose'],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'both', 'cumulative, delta or lowmemory'],
    ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'exponential', 'base2_exponential_bucket_histogram'],
    ['ORDERSCOPE_THREAD', 'maybe', 'on or off'],
    ['ORDERSCOPE_THREAD_NICENESS', '-5', 'from 0 to 19'],
    ['ORDERSCOPE_HANG_AFTER_MS', '1', 'from 500'],
    ['ORDERSCOPE_RING_BYTES', '1KiB', 'from 64KiB to 1GiB'],
    ['ORDERSCOPE_PROPAGATE_TO', 'http://risk', 'hosts such as'],
    ['ORDERSCOPE_SERIES_LIMIT', '0', 'from 1'],
    ['OTEL_INSTRUMENTATION_HTTP_ENABLED', 'nope', 'it must be true or false'],
  ])('%s=%s is one sentence and counts as not set', (name, text, part) => {
    const settings = read({ [name]: text })
    expect(settings.problems).toHaveLength(1)
    expect(settings.problems[0]).toContain(name)
    expect(settings.problems[0]).toContain(text)
    expect(settings.problems[0]).toContain(part)
    expect({ ...settings, problems: [] }).toEqual(read())
  })

  it('never shows a header, which may be a secret', () => {
    const { problems } = read({ OTEL_EXPORTER_OTLP_HEADERS: 'Bearer s3cret' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('OTEL_EXPORTER_OTLP_HEADERS')
    expect(problems[0]).not.toContain('s3cret')
    expect(read({ OTEL_EXPORTER_OTLP_HEADERS: 'a=x%0d%0ay' }).problems).toHaveLength(1)
  })

  it('is shortened, and moves no cursor', () => {
    const [problem] = read({ ORDERSCOPE_THREAD: `\u001b[2J${'x'.repeat(10_000)}` }).problems
    expect(problem!.length).toBeLessThan(400)
    expect(problem).not.toContain('\u001b')
  })

  it('is told for each of several', () => {
    expect(read({ ORDERSCOPE_THREAD: 'x', OTEL_TRACES_SAMPLER: 'x' }).problems).toHaveLength(2)
  })

  it('is a ratio that no sampler reads', () => {
    expect(read({ OTEL_TRACES_SAMPLER_ARG: '0.1' }).problems).toEqual([
      expect.stringMatching(/no effect.*OTEL_TRACES_SAMPLER=parentbased_traceidratio/),
    ])
  })
})

describe('an unknown name of ours', () => {
  it('is named, with the one that was meant', () => {
    expect(read({ ORDERSCOPE_TREAD: 'off' }).problems).toEqual([
      'ORDERSCOPE_TREAD is no setting of orderscope; did you mean ORDERSCOPE_THREAD?',
    ])
  })

  it('is named with all there are when none is near', () => {
    expect(read({ ORDERSCOPE_COLOUR_OF_THE_LOGO_PLEASE: 'x' }).problems[0]).toMatch(/there are .*ORDERSCOPE_QUIET/)
  })

  it('is no business of ours with another prefix', () => {
    expect(read({ OTEL_PYTHON_THING: '1', PATH: '/bin' }).problems).toEqual([])
  })

  it('a configuration file is told to be unsupported', () => {
    expect(read({ OTEL_CONFIG_FILE: 'otel.yaml' }).problems[0]).toMatch(/OTEL_CONFIG_FILE is not supported/)
  })

  it.each([
    ['OTEL_BSP_SCHEDULE_DELAY', '1000', 'spans go out as soon as a batch is full or 250 ms old'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '4096', 'write ORDERSCOPE_RING_BYTES for the size of the queue'],
    ['OTEL_BLRP_EXPORT_TIMEOUT', '1000', 'write OTEL_EXPORTER_OTLP_LOGS_TIMEOUT for one request'],
  ])('%s is told to have no effect', (name, text, instead) => {
    expect(read({ [name]: text }).problems).toEqual([`${name} has no effect; ${instead}`])
    expect(read({ [name]: '' }).problems).toEqual([])
  })

  it('a variable that says what holds anyway is not mentioned', () => {
    expect(
      read({
        OTEL_NODE_RESOURCE_DETECTORS: 'all',
      }).problems,
    ).toEqual([])
  })
})

describe('instrumentations', () => {
  const on = (environment: Record<string, string>, options: TelemetryOptions = {}) =>
    read(environment, options).instrumentations

  it('are all on but those that upstream leaves off', () => {
    const names = on({})
    expect(names).toContain('http')
    expect(names).toContain('ccxt')
    expect(names).not.toContain('fs')
    expect(names).not.toContain('host-metrics')
  })

  it.each<[Record<string, string>, string[], string[]]>([
    [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http, fs' }, ['http', 'fs'], ['undici', 'ccxt']],
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,ccxt' }, ['undici'], ['http', 'ccxt']],
    [
      { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' },
      ['undici'],
      ['http', 'pg'],
    ],
    [{ OTEL_INSTRUMENTATION_NESTJS_CORE_ENABLED: 'false' }, ['http'], ['nestjs-core']],
    [{ OTEL_INSTRUMENTATION_SOCKET_IO_ENABLED: 'false' }, ['http'], ['socket.io']],
    [{ OTEL_INSTRUMENTATION_FS_ENABLED: 'true' }, ['http', 'fs'], []],
  ])('%j', (environment, expected, off) => {
    const names = on(environment)
    for (const name of expected) expect(names).toContain(name)
    for (const name of off) expect(names).not.toContain(name)
  })

  it('can be told from code, which wins', () => {
    const configs = { '@opentelemetry/instrumentation-http': { enabled: true } }
    expect(on({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }, { instrumentations: configs })).toContain('http')
  })

  it('of an unknown name are told', () => {
    expect(read({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'htpp,http' }).problems).toEqual([
      'OTEL_NODE_DISABLED_INSTRUMENTATIONS names "htpp"; did you mean http?',
    ])
  })
})

describe('the scrape port of a process and of those it starts', () => {
  const port = (environment: Record<string, string>, options: TelemetryOptions = {}) => {
    const settings = read(environment, options)
    return [settings.prometheus.port, settings.portHolder]
  }

  it.each<[string, Record<string, string>, [number, number | undefined]]>([
    ['the first process', {}, [9464, undefined]],
    ['a child', { ORDERSCOPE_SCRAPE_HOLDERS: '100:9464' }, [0, 100]],
    [
      'a child that inherits the variable',
      { ORDERSCOPE_SCRAPE_HOLDERS: '100:9500', OTEL_EXPORTER_PROMETHEUS_PORT: '9500' },
      [0, 100],
    ],
    [
      'a child that is given a port of its own',
      { ORDERSCOPE_SCRAPE_HOLDERS: '100:9464', OTEL_EXPORTER_PROMETHEUS_PORT: '9500' },
      [9500, undefined],
    ],
    [
      'a grandchild that inherits that one',
      { ORDERSCOPE_SCRAPE_HOLDERS: '100:9464,200:9500', OTEL_EXPORTER_PROMETHEUS_PORT: '9500' },
      [0, 200],
    ],
    ['a process that replaced itself', { ORDERSCOPE_SCRAPE_HOLDERS: `${PID}:9464` }, [9464, undefined]],
  ])('%s', (_, environment, expected) => {
    expect(port(environment)).toEqual(expected)
  })

  it('is what code says, wherever it runs', () => {
    expect(port({ ORDERSCOPE_SCRAPE_HOLDERS: '100:9464' }, { prometheus: { port: 9464 } })).toEqual([9464, undefined])
  })
})

describe('code', () => {
  it('wins over the environment', () => {
    const settings = read(
      {
        OTEL_SERVICE_NAME: 'env',
        OTEL_RESOURCE_ATTRIBUTES: 'a=env,b=env',
        OTEL_TRACES_SAMPLER: 'always_off',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://env-traces:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-a=env,x-b=env',
        OTEL_EXPORTER_PROMETHEUS_PORT: '1111',
        ORDERSCOPE_THREAD: 'on',
        ORDERSCOPE_PROPAGATE_TO: 'env',
      },
      {
        serviceName: 'code',
        resourceAttributes: { a: 'code' },
        sampler: 0.5,
        otlp: { endpoint: 'http://code:4318', headers: { 'x-a': 'code' } },
        prometheus: { port: 2222 },
        thread: false,
        propagateTo: [],
      },
    )
    expect(settings).toMatchObject({
      serviceName: 'code',
      resourceAttributes: { a: 'code', b: 'env' },
      sampler: { name: 'parentbased_traceidratio', ratio: 0.5 },
      prometheus: { host: '127.0.0.1', port: 2222 },
      thread: false,
      propagateTo: [],
    })
    expect(settings.otlp.traces).toMatchObject({
      url: 'http://code:4318/v1/traces',
      headers: { 'x-a': 'code', 'x-b': 'env' },
    })
  })
})
