import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type AttributeDefinition, type AttributeName, attributes } from '../../src/catalog/attributes.js'
import { logEvents } from '../../src/catalog/log-events.js'
import { metrics } from '../../src/catalog/metrics.js'
import { events, spans } from '../../src/catalog/spans.js'

const text = readFileSync(join(import.meta.dirname, '../../otel-collector.yaml'), 'utf8')

interface Pipeline {
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}
interface Collector {
  readonly extensions: object
  readonly receivers: object
  readonly processors: {
    readonly redaction: {
      readonly ignored_key_patterns: readonly string[]
      readonly blocked_key_patterns: readonly string[]
      readonly blocked_values: readonly string[]
    }
    readonly 'transform/status': { readonly trace_statements: readonly { readonly statements: readonly string[] }[] }
    readonly tail_sampling: { readonly policies: readonly { readonly name: string }[] }
  }
  readonly connectors: { readonly span_metrics: { readonly histogram: { readonly explicit: { buckets: string[] } } } }
  readonly exporters: Readonly<Record<string, { readonly [key: string]: unknown }>>
  readonly service: { readonly extensions: readonly string[]; readonly pipelines: Readonly<Record<string, Pipeline>> }
}

const collector: Collector = parse(text)
const pipelines = Object.entries(collector.service.pipelines)
const { redaction } = collector.processors

/** Go's `(?i)` is a flag here; the rest of these patterns means the same in both. */
function pattern(source: string): RegExp {
  return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'gi') : new RegExp(source, 'g')
}
const matches = (sources: readonly string[], value: string) => sources.some(source => pattern(source).test(value))
const mask = (value: string) =>
  redaction.blocked_values.reduce((rest, each) => rest.replace(pattern(each), '****'), value)

describe('the pipelines', () => {
  test.each(['receivers', 'processors', 'exporters'] as const)('use all %s there are, and no others', kind => {
    const used = new Set(pipelines.flatMap(([, pipeline]) => pipeline[kind]))
    const connectors = kind === 'processors' ? [] : Object.keys(collector.connectors)
    expect([...Object.keys(collector[kind]), ...connectors].sort()).toEqual([...used].sort())
  })

  test('start every extension', () => {
    expect(Object.keys(collector.extensions)).toEqual(collector.service.extensions)
  })

  test.each(pipelines)('%s refuses before memory runs out, and never says yes too early', (_, { processors }) => {
    expect(processors[0]).toBe('memory_limiter')
    expect(processors.filter(name => name.split('/')[0] === 'batch')).toEqual([])
  })

  test.each(pipelines.filter(([, { receivers }]) => receivers.includes('otlp')))(
    '%s masks credentials before anything else sees them',
    (_, { processors }) => {
      expect(processors[1]).toBe('redaction')
    },
  )

  test('span metrics and the service graph see all spans, Jaeger those that are kept', () => {
    const { traces, 'traces/sampled': sampled } = collector.service.pipelines
    expect(traces!.processors).not.toContain('tail_sampling')
    expect(traces!.exporters).toEqual(['span_metrics', 'service_graph', 'forward/sampling'])
    expect(sampled!.processors.at(-1)).toBe('tail_sampling')
    expect(sampled!.exporters).toEqual(['otlp_grpc/jaeger'])
  })

  test.each(pipelines.filter(([name]) => name.startsWith('logs')))('%s is not sampled', (_, { processors }) => {
    expect(processors.filter(name => !/^(memory_limiter|redaction|filter)/.test(name))).toEqual([])
  })

  test('what waits for Jaeger is on disk, as long as it takes', () => {
    expect(collector.exporters['otlp_grpc/jaeger']).toMatchObject({
      sending_queue: { storage: 'file_storage/queue', sizer: 'bytes' },
      retry_on_failure: { max_elapsed_time: '0s' },
    })
    expect(collector.extensions).toMatchObject({ 'file_storage/queue': { fsync: true } })
  })
})

describe('redaction', () => {
  test.each(Object.keys(attributes) as AttributeName[])('%s keeps its value', name => {
    expect(matches(redaction.blocked_key_patterns, name)).toBe(false)
    const { values = [] }: AttributeDefinition = attributes[name]
    for (const value of values) expect(mask(value)).toBe(value)
  })

  test('looks into the free text of a venue, and at no id, quantity or name', () => {
    const looked = Object.keys(attributes).filter(name => !matches(redaction.ignored_key_patterns, name))
    expect(looked.filter(name => name.startsWith('trading.'))).toEqual(['trading.order.text'])
  })

  const key = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'
  const signature = 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71'
  test.each([
    [`https://api.binance.com/api/v3/order?symbol=BTCUSDT&signature=${signature}`, signature],
    ['https://api.bybit.com/v5/order?api_key=K3yK3yK3y&sign=ab12', 'K3yK3yK3y'],
    ['https://api.bybit.com/v5/order?api_key=K3yK3yK3y&sign=ab12', 'ab12'],
    [`X-MBX-APIKEY: ${key}`, key],
    [`unknown key ${key}`, key],
    ['{"apiKey":"abc-123","secret":"s3cr3t!"}', 'abc-123'],
    ['{"apiKey":"abc-123","secret":"s3cr3t!"}', 's3cr3t!'],
    ['OK-ACCESS-PASSPHRASE: hunter2', 'hunter2'],
    ['authorization: Bearer abcdefgh.ijklmnop', 'abcdefgh.ijklmnop'],
    ['jwt eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJrZXkifQ.MEQCIA', 'eyJzdWIiOiJrZXkifQ'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----', 'MHcCAQEEIB'],
    [`API-Sign ${'x'.repeat(86)}==`, 'x'.repeat(86)],
    ['wss://stream.binance.com/ws?listenKey=pqia91ma19a5s61cv6a81va65sdf', 'pqia91ma19a5s61cv6a81va65sdf'],
  ])('masks in %s', (value, secret) => {
    expect(mask(value)).toContain('****')
    expect(mask(value)).not.toContain(secret)
  })

  test.each([
    'binance {"code":-1022,"msg":"Signature for this request is not valid."}',
    'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    'https://api.binance.com/api/v3/order?symbol=BTCUSDT&design=7',
    '0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204',
    '4bf92f3577b34da6a3ce929d0e0e4736',
  ])('leaves %s as it is', value => {
    expect(mask(value)).toBe(value)
  })

  test('the text of a status is masked by the same patterns', () => {
    const statements = collector.processors['transform/status'].trace_statements.flatMap(each => each.statements)
    const of = (field: string) =>
      statements
        .map(each => /^replace_pattern\(span\.(\S+), (".*"), "\*{4}"\)$/.exec(each))
        .filter(found => found?.[1] === field)
        .map(found => JSON.parse(found![2]!))
    expect(of('status.message')).toEqual(redaction.blocked_values)
    expect(redaction.blocked_values).toEqual(expect.arrayContaining(of('name')))
    expect(of('status.message').length + of('name').length).toBe(statements.length)
  })
})

describe('tail sampling', () => {
  const policies = JSON.stringify(collector.processors.tail_sampling)
  const named = (find: RegExp) => [...policies.matchAll(find)].map(found => found[1]!)

  test.each(named(/span\.attributes\[\\"([\w.]+)\\"\]/g))('knows the attribute %s', name => {
    expect(Object.keys(attributes)).toContain(name)
  })

  test.each(named(/spanevent\.name == \\"([\w.]+)\\"/g))('knows the event %s', name => {
    expect(Object.keys(events)).toContain(name)
  })

  test.each(named(/span\.name == \\"([\w.]+)\\"/g))('knows the span %s', name => {
    expect(Object.keys(spans)).toContain(name)
  })

  test('looks at the duration of every stage but those that wait for the market', () => {
    const stages = named(/\^order\[\.\]\(([\w|]+)\)\$/g)[0]!.split('|')
    const timed = [...stages.map(stage => `order.${stage}`), 'order.risk_check']
    const waiting = ['order', 'order.fill', 'order.correction', 'order.bust']
    expect([...timed, ...waiting].sort()).toEqual(Object.keys(spans).sort())
  })

  test('keeps shares last, which a policy before them needs no luck for', () => {
    expect(collector.processors.tail_sampling.policies.map(({ name }) => name)).toEqual([
      'failed',
      'rejected',
      'anomalous',
      'late',
      'slow',
      'share',
      'others',
    ])
  })
})

test('span metrics have the buckets of the stages of orders', () => {
  const units: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1 }
  const seconds = collector.connectors.span_metrics.histogram.explicit.buckets.map(each => {
    const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(each)!
    return Number((Number(number) * units[unit!]!).toPrecision(6))
  })
  expect(seconds).toEqual(metrics['trading.order.stage.duration'].buckets)
})

test('the events of orders go to files of their own', () => {
  const own = /IsMatch\(log\.event_name, "([^"]+)"\)/.exec(text)![1]!
  for (const name of Object.keys(logEvents)) expect(name).toMatch(new RegExp(own))
})
