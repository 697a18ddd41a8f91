import { context, propagation, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  extract,
  getOrderIds,
  inject,
  setOrderIds,
  suppressPropagation,
  withTravelingBaggage,
} from '../../src/order/propagation.js'

const spanContext: SpanContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: TraceFlags.SAMPLED,
}
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const inTrace = trace.setSpanContext(ROOT_CONTEXT, spanContext)

afterEach(() => propagation.disable())

describe('inject', () => {
  it('gives a new object', () => {
    expect(inject(undefined, inTrace)).toEqual({ traceparent })
  })

  it('writes into objects, Maps and Headers and hands them back', () => {
    const headers = { 'x-own': 'kept' }
    expect(inject(headers, inTrace)).toBe(headers)
    expect(headers).toEqual({ 'x-own': 'kept', traceparent })
    expect(inject(new Map<string, string>(), inTrace).get('traceparent')).toBe(traceparent)
    expect(inject(new Headers(), inTrace).get('traceparent')).toBe(traceparent)
  })

  it('carries the ids of the order, and neither account nor strategy', () => {
    let ctx = setOrderIds(inTrace, { clientId: 'd-1', rootId: 'd-0', orderId: '77', parentId: 'p,1' })
    const baggage = propagation
      .getBaggage(ctx)!
      .setEntry('trading.account.id', { value: 'A-1' })
      .setEntry('trading.strategy.name', { value: 'alpha' })
      .setEntry('tenant', { value: 'desk-7' })
    ctx = propagation.setBaggage(ctx, baggage)
    const carrier = inject({} as Record<string, string>, ctx)
    expect(carrier.baggage).toContain('trading.order.client_id=d-1')
    expect(carrier.baggage).toContain('tenant=desk-7')
    expect(carrier.baggage).not.toMatch(/account|strategy|alpha|A-1/)
    expect(getOrderIds(extract(carrier))).toEqual({ clientId: 'd-1', rootId: 'd-0', orderId: '77', parentId: 'p,1' })
  })

  it('works in a context in which nothing is propagated by itself', () => {
    expect(inject({}, suppressPropagation(inTrace))).toEqual({ traceparent })
  })

  it.each([
    ['frozen', Object.freeze({})],
    [
      'a Proxy that refuses',
      new Proxy(
        {},
        {
          set: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    ['a setter that throws', { set traceparent(_: string) { throw new Error('no') } }], // biome-ignore format: one line
    ['an array of something else', [1, 2]],
    ['a frozen list', Object.freeze([])],
    ['null', null],
    ['a string', 'text'],
    ['a number', 7],
  ])('leaves %s alone', (_, carrier) => {
    const before = Array.isArray(carrier) ? carrier.length : undefined
    expect(inject(carrier as object, inTrace)).toBe(carrier)
    if (Array.isArray(carrier)) expect(carrier).toHaveLength(before!)
  })

  it.each<[string, unknown[], unknown[]]>([
    ['an empty list, as node-rdkafka has it', [], [{ traceparent }]],
    ['a list of objects', [{ own: 'x' }], [{ own: 'x' }, { traceparent }]],
    [
      'a list of keys and values',
      [{ key: 'own', value: 'x' }],
      [
        { key: 'own', value: 'x' },
        { key: 'traceparent', value: traceparent },
      ],
    ],
    [
      'a list of pairs',
      [['own', 'x']],
      [
        ['own', 'x'],
        ['traceparent', traceparent],
      ],
    ],
    ['a list that has one already', [{ Traceparent: 'old' }], [{ traceparent }]],
  ])('writes into %s', (_, carrier, expected) => {
    inject(carrier, inTrace)
    expect(carrier).toEqual(expected)
    expect(trace.getSpanContext(extract(carrier))?.traceId).toBe(spanContext.traceId)
  })

  it('writes bytes into a Map whose keys are bytes', () => {
    const headers = new Map([[Buffer.from('own'), Buffer.from('x')]])
    inject(headers, inTrace)
    inject(headers, inTrace)
    expect([...headers].map(([key, value]) => `${key}=${value}`)).toEqual(['own=x', `traceparent=${traceparent}`])
    expect(trace.getSpanContext(extract(headers))?.traceId).toBe(spanContext.traceId)
  })

  it('does not let a foreign propagator throw into the caller', () => {
    propagation.setGlobalPropagator({
      inject: () => {
        throw new Error('theirs')
      },
      extract: () => {
        throw new Error('theirs')
      },
      fields: () => ['x'],
    })
    expect(inject({}, inTrace)).toEqual({})
    expect(extract({ traceparent })).toBe(ROOT_CONTEXT)
  })
})

describe('extract', () => {
  const ids = (carrier: unknown) => trace.getSpanContext(extract(carrier))

  it.each<[string, unknown]>([
    ['HTTP headers', { traceparent }],
    ['a name in another case', { TraceParent: traceparent }],
    ['a Buffer', { traceparent: Buffer.from(traceparent) }],
    ['a Uint8Array', { traceparent: new TextEncoder().encode(traceparent) }],
    ['a list of values', { traceparent: [traceparent] }],
    ['a list of Buffers', { traceparent: [Buffer.from(traceparent)] }],
    ['a Map', new Map([['traceparent', traceparent]])],
    ['a Map with another case', new Map([['Traceparent', traceparent]])],
    ['a Map with bytes as keys', new Map([[Buffer.from('traceparent'), Buffer.from(traceparent)]])],
    ['a list of objects with Buffers', [{ own: Buffer.from('x') }, { traceparent: Buffer.from(traceparent) }]],
    ['a list of keys and values', [{ key: 'traceparent', value: Buffer.from(traceparent) }]],
    ['a list of keys and values in bytes', [{ key: Buffer.from('Traceparent'), value: Buffer.from(traceparent) }]],
    ['a list of pairs', [['traceparent', traceparent]]],
    ['a list with rubbish in it', [null, 7, [], {}, ['traceparent', traceparent]]],
    ['Headers', new Headers({ traceparent })],
    ['an object without prototype', Object.assign(Object.create(null), { traceparent })],
    ['a message with fields of its own', JSON.parse(`{"get":1,"__proto__":2,"traceparent":"${traceparent}"}`)],
  ])('reads %s', (_, carrier) => {
    expect(ids(carrier)).toMatchObject({ traceId: spanContext.traceId, spanId: spanContext.spanId, isRemote: true })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a string', traceparent],
    ['an array of texts', [traceparent]],
    ['a list that is too long', Array.from({ length: 1000 }, () => ({ traceparent }))],
    ['a key in bytes that is too long', new Map([[Buffer.alloc(1_000_000, 'traceparent'), traceparent]])],
    ['a key on the prototype', Object.create({ traceparent })],
    ['a getter that throws', { get traceparent() { throw new Error('no') } }], // biome-ignore format: one line
    [
      'a Proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
          ownKeys: () => {
            throw new Error('no')
          },
          getOwnPropertyDescriptor: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    ['a huge value', { traceparent: traceparent.repeat(100_000) }],
    ['a huge Buffer', { traceparent: Buffer.alloc(1_000_000, traceparent) }],
    ['nested lists', { traceparent: [[traceparent]] }],
    ['an id of zeros', { traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01' }],
    ['version ff', { traceparent: traceparent.replace(/^00/, 'ff') }],
    ['a line break inside', { traceparent: `${traceparent}\r\nx: y` }],
    ['a number', { traceparent: 7 }],
    ['a BigInt', { traceparent: 7n }],
    ['a symbol', { traceparent: Symbol('x') }],
    ['a function', { traceparent: () => traceparent }],
  ])('gives the base back for %s', (_, carrier) => {
    expect(ids(carrier)).toBeUndefined()
  })

  it('survives any carrier', () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withTypedArray: true, withBigInt: true, withNullPrototype: true }),
        carrier => {
          inject(carrier as object, inTrace)
          extract(carrier)
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  it('builds on the empty context, not on the one that is active', () => {
    expect(extract({}, inTrace)).toBe(inTrace)
    expect(context.with(inTrace, () => extract({}))).toBe(ROOT_CONTEXT)
  })

  it('ignores a baggage that is too large', () => {
    const baggage = Array.from({ length: 5000 }, (_, i) => `k${i}=${'v'.repeat(50)}`).join(',')
    expect(getOrderIds(extract({ traceparent, baggage }))).toEqual({})
  })
})

describe('the ids of an order', () => {
  it('are added to what the baggage holds, empty ones left out', () => {
    const ctx = setOrderIds(
      propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ tenant: { value: 'x' } })),
      { clientId: 'c', orderId: '' },
    )
    expect(getOrderIds(ctx)).toEqual({ clientId: 'c' })
    expect(propagation.getBaggage(ctx)!.getEntry('tenant')!.value).toBe('x')
    expect(withTravelingBaggage(ctx)).toBe(ctx)
  })
})
