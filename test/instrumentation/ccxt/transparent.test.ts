import { type Context, context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import { createCcxtInstrumentation } from '../../../src/instrumentation/ccxt/index.js'
import type { OrderSink } from '../../../src/instrumentation/ccxt/order-sink.js'
import { patchCcxtBase } from '../../../src/instrumentation/ccxt/patch-base.js'
import type { OrderEvent } from '../../../src/order/event.js'
import { isPropagationSuppressed } from '../../../src/order/propagation.js'
import { ccxt, follow, type Lab, placeElsewhere, sentences, startLab } from './ccxt-lab.js'

const SYMBOL = 'BTC/USDT'
let lab: Lab
afterEach(() => lab?.close())

type CreateOrder = Parameters<InstanceType<typeof ccxt.pro.binance>['createOrder']>

describe('the application sees no difference', () => {
  it('in names, lengths and descriptors of methods', () => {
    const names = ['createOrder', 'cancelOrder', 'fetchOrder', 'fetchMyTrades'] as const
    const describeAll = () =>
      names.map(name => {
        const { value, ...descriptor } = Object.getOwnPropertyDescriptor(ccxt.kraken.prototype, name)!
        return [value.name, value.length, descriptor, Reflect.ownKeys(value)]
      })
    const keys = Reflect.ownKeys(ccxt.kraken.prototype)
    const before = describeAll()
    const original = ccxt.kraken.prototype.createOrder
    new ccxt.kraken()
    expect(ccxt.kraken.prototype.createOrder).not.toBe(original)
    expect(describeAll()).toEqual(before)
    expect(Reflect.ownKeys(ccxt.kraken.prototype)).toEqual(keys)
  })

  it('in `this`, arguments, results and errors', async () => {
    lab = await startLab()
    const seen: unknown[] = []
    const failure = new ccxt.ExchangeError('no')
    class Mine extends ccxt.pro.binance {
      override async createOrder(...args: CreateOrder) {
        seen.push(this, args[5])
        if (args[3] === 0) throw failure
        return super.createOrder(...args)
      }
      override cancelOrder(): never {
        throw failure
      }
      override fetchOrder(): never {
        return 7 as never
      }
    }
    const client = await connect(new Mine({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    const params = { clientOrderId: 'x-1' }
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, params)
    expect(seen[0]).toBe(client)
    expect(seen[1]).toBe(params)
    expect(params).toEqual({ clientOrderId: 'x-1' })
    expect(order).toMatchObject({ clientOrderId: 'x-1', status: 'open' })
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0, 50_000)).rejects.toBe(failure)
    expect(() => client.cancelOrder()).toThrow(failure)
    expect(client.fetchOrder()).toBe(7)
  })

  it('in rejections: unhandled they are unhandled once, handled they are not', async () => {
    lab = await startLab()
    const client = await lab.client()
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const unhandled: unknown[] = []
    process.on('unhandledRejection', reason => unhandled.push(reason))
    try {
      void client.createOrder(SYMBOL, 'limit', 'buy', 5000, 50_000)
      await client.createOrder(SYMBOL, 'limit', 'buy', 5000, 50_000).catch(() => {})
      await client.cancelOrder('77', SYMBOL).catch(() => {})
      await client.sleep(30)
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of listeners) process.on('unhandledRejection', listener)
    }
    expect(unhandled.map(reason => (reason as Error).constructor.name)).toEqual(['InsufficientFunds'])
  })

  it('when whoever takes the events throws; that is said once', async () => {
    sentences.length = 0
    lab = await startLab({}, () => ({
      apply: () => {
        throw new Error('sink is broken, and the key is planted-key')
      },
    }))
    const client = await lab.client()
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await expect(client.cancelOrder(id!, SYMBOL)).resolves.toMatchObject({ status: 'canceled' })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toMatch(/affected: Error\n +at .*transparent\.test\.ts/)
    // its text may hold anything
    expect(sentences[0]).not.toContain('planted')
    sentences.length = 0
  })

  it('when a class is frozen: it stands aside and says so', async () => {
    sentences.length = 0
    lab = await startLab()
    class Sealed extends ccxt.pro.binance {
      override async createOrder(...args: CreateOrder) {
        return super.createOrder(...args)
      }
    }
    Object.freeze(Sealed.prototype)
    const client = await connect(new Sealed({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    expect(sentences).toMatchObject([expect.stringContaining('Sealed')])
    expect(lab.types()).toEqual(['submit', 'ack', 'sent'])
    sentences.length = 0
  })
})

describe('what is no ccxt', () => {
  it.each([[undefined], [null], [{}], [{ default: 5 }], [{ Exchange: class {} }], [new Proxy({}, {})]])(
    'is left alone: %s',
    exports => {
      const said: string[] = []
      const instrumentation = createCcxtInstrumentation({
        createSink: () => ({ apply: () => {} }),
        say: sentence => said.push(sentence),
      })
      expect(instrumentation.patch(exports)).toBe(false)
      expect(said).toHaveLength(1)
    },
  )

  it('a base class is patched once for the same hooks, however often it is met', () => {
    class Base {
      getDefaultOptions() {
        return {}
      }
    }
    const hooks = { call: () => {}, inner: () => {}, failed: () => {} }
    expect(patchCcxtBase({ default: Base }, hooks)).toBe(true)
    const once = Base.prototype.getDefaultOptions
    expect(patchCcxtBase({ Exchange: Base }, hooks)).toBe(true)
    expect(Base.prototype.getDefaultOptions).toBe(once)
  })
})

describe('a ccxt of another shape', () => {
  /** A base as ccxt's, with one venue; `said` and what was told. */
  function doctored(change: (Base: { prototype: object }) => void = () => {}) {
    const events: OrderEvent[] = []
    const said: string[] = []
    class Base {
      id = 'doctored'
      options: unknown
      constructor() {
        this.options = (this as { getDefaultOptions?: () => unknown }).getDefaultOptions?.()
      }
      getDefaultOptions() {
        return {}
      }
      async fetch2(): Promise<unknown> {
        return { id: '1', symbol: 'A/B', status: 'open', side: 'buy', amount: 1, filled: 0, price: 1, info: {} }
      }
      async createOrder(..._args: unknown[]): Promise<unknown> {
        return this.fetch2()
      }
    }
    change(Base)
    const instrumentation = createCcxtInstrumentation({
      createSink: () => ({ apply: event => void events.push(event) }),
      say: sentence => said.push(sentence),
    })
    const patched = instrumentation.patch({ default: Base })
    return { Base, patched, said, types: () => events.map(({ type }) => type) }
  }
  const order = ['A/B', 'limit', 'buy', 1, 1] as const
  const ORDER = { id: '1', symbol: 'A/B' }

  it('known parts are enough', async () => {
    const { Base, patched, said, types } = doctored()
    await expect(new Base().createOrder(...order)).resolves.toMatchObject(ORDER)
    expect([patched, said, types()]).toEqual([true, [], ['submit', 'ack', 'sent']])
  })

  it.each<[string, (Base: { prototype: object }) => void]>([
    ['no getDefaultOptions', Base => Reflect.deleteProperty(Base.prototype, 'getDefaultOptions')],
    ['a frozen base', Base => Object.freeze(Base.prototype)],
    [
      'getDefaultOptions that is a getter',
      Base => Object.defineProperty(Base.prototype, 'getDefaultOptions', { get: () => () => ({}) }),
    ],
  ])('%s: it says so and stands aside', async (_name, change) => {
    const { Base, patched, said, types } = doctored(change)
    await expect(new Base().createOrder(...order)).resolves.toMatchObject(ORDER)
    expect([patched, types()]).toEqual([false, []])
    expect(said.at(-1)).toBe("this version of ccxt isn't known to orderscope; its orders are not seen")
  })

  it('a method that is a getter: it says so, and the rest is seen', async () => {
    const { Base, said, types } = doctored(Base =>
      Object.defineProperty(Base.prototype, 'createOrder', { get: () => async () => ORDER }),
    )
    await expect(new Base().createOrder(...order)).resolves.toBe(ORDER)
    expect(types()).toEqual([])
    expect(said).toEqual(["ccxt's class Base can't be patched (its createOrder is a getter); its orders are not seen"])
  })

  it('methods that are class fields are seen', async () => {
    const { Base, said, types } = doctored()
    class Fields extends Base {
      override createOrder = async () => this.fetch2()
    }
    const exchange = new Fields()
    await Promise.resolve()
    await expect(exchange.createOrder()).resolves.toMatchObject(ORDER)
    expect([said, types()]).toEqual([[], ['submit', 'ack', 'sent']])
  })

  it('an object that was frozen as it was made is left alone', async () => {
    const { Base, said } = doctored()
    class Sealed extends Base {
      override createOrder = async () => ORDER
      constructor() {
        super()
        Object.freeze(this)
      }
    }
    const exchange = new Sealed()
    await Promise.resolve()
    await expect(exchange.createOrder()).resolves.toBe(ORDER)
    expect(said).toMatchObject([expect.stringContaining("ccxt's class Sealed can't be patched")])
  })
})

describe('context', () => {
  const MARK = createContextKey('test.mark')
  const provider = new NodeTracerProvider()
  beforeAll(() => {
    provider.register()
    return () => {
      context.disable()
      trace.disable()
    }
  })

  class Watched extends ccxt.pro.binance {
    readonly requests: Context[] = []
    readonly messages: Context[] = []
    override fetch(...args: Parameters<InstanceType<typeof ccxt.pro.binance>['fetch']>) {
      this.requests.push(context.active())
      return super.fetch(...args)
    }
    override handleMessage(...args: Parameters<InstanceType<typeof ccxt.pro.binance>['handleMessage']>) {
      this.messages.push(context.active())
      return super.handleMessage(...args)
    }
  }

  it("a request runs in its order's stage, nothing is propagated, and the caller's context is the parent", async () => {
    const stages: string[] = []
    const parents: unknown[] = []
    const sink: OrderSink = {
      apply: event => {
        if (event.type === 'submit') parents.push(context.active().getValue(MARK))
      },
      contextOf: (id, stage) => {
        stages.push(`${stage} ${id}`)
        return ROOT_CONTEXT.setValue(MARK, stage)
      },
    }
    lab = await startLab({}, () => sink)
    const client = await connect(new Watched({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    await client.loadMarkets()
    client.requests.length = 0
    await context.with(ROOT_CONTEXT.setValue(MARK, 'strategy'), async () => {
      const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'c-1' })
      const edited = await client.editOrder(id!, SYMBOL, 'limit', 'buy', 0.01, 51_000, { clientOrderId: 'c-2' })
      await client.cancelOrder(edited.id!, SYMBOL)
      await client.fetchTicker(SYMBOL)
      expect(context.active().getValue(MARK)).toBe('strategy')
    })
    expect(parents).toEqual(['strategy'])
    expect(stages).toEqual(['submit c-1', 'replace c-1', 'cancel c-2'])
    expect(client.requests.map(request => request.getValue(MARK))).toEqual(['submit', 'replace', 'cancel', 'strategy'])
    expect(client.requests.every(isPropagationSuppressed)).toBe(true)
  })

  it('messages of a socket belong to nobody', async () => {
    lab = await startLab()
    const client = await connect(new Watched({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    await client.loadMarkets()
    await context.with(ROOT_CONTEXT.setValue(MARK, 'strategy'), async () => {
      await client.authenticate()
      follow(client as never, () => client.watchOrders())
      await placeElsewhere(lab.venue, lab.apiKey, { quantity: '0.5', price: '50000' })
      await lab.until(events => events.length > 0)
    })
    expect(client.messages.length).toBeGreaterThan(0)
    expect(client.messages.map(message => message.getValue(MARK))).toEqual(client.messages.map(() => undefined))
    await client.close()
  })
})
