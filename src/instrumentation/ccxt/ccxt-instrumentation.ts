import { AsyncLocalStorage } from 'node:async_hooks'
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressPropagation } from '../../order/propagation.js'
import { Accounts } from './accounts.js'
import type { Call } from './call.js'
import { isPlainPromise } from './follow.js'
import { type Parsed, tellMessage } from './message-collector.js'
import type { CallKind, InnerMethod } from './methods.js'
import { openCall } from './open-call.js'
import type { OrderSink, SinkAccount } from './order-sink.js'
import { type CcxtHooks, patchCcxtBase } from './patch-base.js'
import { type CcxtExchange, isObject, text } from './unified.js'
import { VenueFollowing } from './venue-following.js'
import { wrapMethod } from './wrap-method.js'

export interface CcxtInstrumentationOptions {
  /** Makes the receiver of an account's order events; called once for each account. */
  readonly createSink: (account: SinkAccount) => OrderSink
  /** Says one sentence to the user. Default: OpenTelemetry's diagnostics, as a warning. */
  readonly say?: (sentence: string) => void
}

/** Orders of an application that uses ccxt unchanged. */
export interface CcxtInstrumentation {
  /**
   * Patches ccxt by the exports of its base module (see `ccxtBaseModules`).
   *
   * @returns `false` where this is no ccxt that can be patched; then that has been said
   */
  patch(moduleExports: unknown): boolean
  /** Tells at once what waits for more news: before the process ends. */
  flush(): void
  /** From now on ccxt runs as if it had never been patched. */
  disable(): void
}

/** A call under way; the requests that ccxt makes for it are found by the asynchronous context. */
interface Frame {
  readonly exchange: CcxtExchange
  readonly kind: CallKind
  readonly call: Call
  readonly parent: Frame | undefined
  /** Under which its requests over a WebSocket are answered. */
  messageIds: string[] | undefined
  settled: boolean
}

/**
 * Follows the orders that ccxt makes, changes and hears of. Nothing here throws into the application or changes what
 * ccxt returns; where something is amiss, it is said once and ccxt goes on as if alone.
 */
export function createCcxtInstrumentation(options: CcxtInstrumentationOptions): CcxtInstrumentation {
  return new Instrumentation(options)
}

class Instrumentation implements CcxtInstrumentation, CcxtHooks {
  readonly #accounts: Accounts
  readonly #say: (sentence: string) => void
  readonly #frames = new AsyncLocalStorage<Frame | undefined>()
  readonly #clients = new WeakSet<object>()
  readonly #said = new Set<string>()
  /** Ids of messages that are answers to calls under way: told by the call, they are no news of a stream. */
  readonly #awaited = new Set<string>()
  readonly #venue = new VenueFollowing({
    isEnabled: () => this.#enabled,
    guard: act => this.#guard(act),
    accountOf: exchange => this.#accounts.of(exchange).account,
  })
  #parsed: Parsed | undefined
  #enabled = true

  constructor({ createSink, say }: CcxtInstrumentationOptions) {
    this.#accounts = new Accounts(createSink)
    this.#say = say ?? (sentence => diag.warn(sentence))
  }

  patch(moduleExports: unknown): boolean {
    const patched = this.#guard(() => patchCcxtBase(moduleExports, this)) ?? false
    if (!patched) {
      this.#once('shape', "this version of ccxt isn't known to orderscope; its orders are not seen")
    }
    return patched
  }

  flush(): void {
    this.#guard(() => this.#accounts.flush())
  }

  disable(): void {
    this.flush()
    this.#enabled = false
  }

  prototype(prototype: Record<string, unknown>): void {
    try {
      this.#venue.patch(prototype)
    } catch (error) {
      const { name } = Object(prototype.constructor) as { name?: unknown }
      this.failed(typeof name === 'string' ? name : 'Exchange', error)
    }
  }

  failed(className: string, error: unknown): void {
    const why = typeof error === 'string' ? error : nameOf(error)
    this.#once(`class ${className}`, `ccxt's class ${className} can't be patched (${why}); its orders are not seen`)
  }

  call(kind: CallKind, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    if (!this.#enabled) return run()
    const frame = this.#guard(() => this.#open(kind, exchange, args))
    if (frame === undefined) return run()
    let result: unknown
    try {
      result = this.#frames.run(frame, run)
    } catch (error) {
      this.#close(frame, call => call.onError(error))
      throw error
    }
    if (!isPlainPromise(result)) {
      this.#observe(frame, result)
      return result
    }
    // what the application gets stands for the same outcome, so that a rejection nobody handles stays unhandled
    return result.then(
      value => {
        this.#close(frame, call => call.onAnswer(value))
        return value
      },
      error => {
        this.#close(frame, call => call.onError(error))
        throw error
      },
    )
  }

  /** A value, or a promise of another kind: that goes to the application as it is. */
  #observe(frame: Frame, result: unknown): void {
    if (!isObject(result) || typeof result.then !== 'function') {
      this.#close(frame, call => call.onAnswer(result))
      return
    }
    this.#guard(() =>
      (result as unknown as PromiseLike<unknown>).then(
        value => this.#close(frame, call => call.onAnswer(value)),
        error => this.#close(frame, call => call.onError(error)),
      ),
    )
  }

  inner(method: InnerMethod, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    if (!this.#enabled) return run()
    switch (method) {
      case 'fetch2':
        return this.#request(exchange, args, run)
      case 'sign':
      case 'throttle':
        return this.#prepare(method, exchange, run)
      case 'watch':
      case 'watchMultiple':
        // (url, messageHash, message): without a message it only waits
        if (args[2] !== undefined) this.#announce(exchange, args[2], isLogin(args[2]), text(args[1]))
        return run()
      case 'client':
        return this.#connection(run())
      case 'handleMessage':
        return this.#message(exchange, args[1], run)
      default: {
        const value = run()
        const list = method === 'safeOrder' ? this.#parsed?.orders : this.#parsed?.trades
        // what one parser hands on to another comes by twice
        if (list !== undefined && list.at(-1) !== value) list.push(value)
        return value
      }
    }
  }

  #open(kind: CallKind, exchange: CcxtExchange, args: readonly unknown[]): Frame {
    const outer = this.#frames.getStore()
    const parent = outer !== undefined && !outer.settled && outer.exchange === exchange ? outer : undefined
    const call = openCall(kind, this.#accounts.of(exchange), exchange, args)
    if (!kind.startsWith('watch')) {
      for (let above = parent; above !== undefined; above = above.parent) {
        // ccxt's createOrder may look the order up afterwards: a question takes no work off it
        if (isQuery(kind) === isQuery(above.kind)) above.call.onDelegated()
      }
    }
    return { exchange, kind, call, parent, messageIds: undefined, settled: false }
  }

  #close(frame: Frame, tell: (call: Call) => void): void {
    frame.settled = true
    for (const id of frame.messageIds ?? []) this.#awaited.delete(id)
    if (this.#enabled) this.#guard(() => tell(frame.call))
  }

  /** (path, api, method, params): a call by REST, in the span of the order's stage; nothing of ours goes along. */
  #request(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const [path, api, method, params] = args
    const stage = this.#announce(exchange, { path, params }, isQuestion(api, method))
    const result = context.with(suppressPropagation(stage ?? context.active()), run)
    const call = this.#frames.getStore()?.call
    if (call?.onResponse === undefined || !isPlainPromise(result)) return result
    return result.then(response => {
      this.#guard(() => call.onResponse?.(response))
      return response
    })
  }

  /** What stands before a request: the wait for the rate limiter, the signature. */
  #prepare(method: 'sign' | 'throttle', exchange: CcxtExchange, run: () => unknown): unknown {
    const frame = this.#frames.getStore()
    const call = frame?.settled === false && frame.exchange === exchange ? frame.call : undefined
    try {
      const value = run()
      if (method === 'sign') call?.onSigned?.()
      return value
    } catch (error) {
      call?.onUnsent?.(error)
      throw error
    }
  }

  #announce(exchange: CcxtExchange, request: unknown, question: boolean, messageId?: string) {
    const frame = this.#frames.getStore()
    if (frame === undefined || frame.settled || frame.exchange !== exchange) return undefined
    if (messageId !== undefined && !frame.kind.startsWith('watch')) {
      frame.messageIds = [...(frame.messageIds ?? []), messageId]
      this.#awaited.add(messageId)
    }
    return this.#guard(() => frame.call.onRequest(request, question))
  }

  /** Messages would be handled in the context that opened the socket, ended or not: that is nobody's parent. */
  #connection(client: unknown): unknown {
    this.#guard(() => {
      for (let owner = client; isObject(owner); owner = Object.getPrototypeOf(owner)) {
        if (!Object.hasOwn(owner, 'connect')) continue
        if (!this.#clients.has(owner)) {
          this.#clients.add(owner)
          wrapMethod(owner, 'connect', (_client, _args, connect) =>
            this.#enabled
              ? this.#frames.run(undefined, () => context.with(suppressPropagation(ROOT_CONTEXT), connect))
              : connect(),
          )
        }
        return
      }
    })
    return client
  }

  #message(exchange: CcxtExchange, message: unknown, run: () => unknown): unknown {
    if (this.#awaited.size > 0 && this.#isAnswer(message)) return run()
    const outer = this.#parsed
    // a class that hands on to its parent's
    if (outer?.exchange === exchange) return run()
    const parsed: Parsed = { exchange, orders: [], trades: [] }
    this.#parsed = parsed
    try {
      return run()
    } finally {
      this.#parsed = outer
      if (parsed.orders.length > 0 || parsed.trades.length > 0) {
        this.#guard(() => {
          const { account, seen } = this.#accounts.of(exchange)
          tellMessage(parsed, account, seen)
        })
      }
    }
  }

  #isAnswer(message: unknown): boolean {
    if (!isObject(message)) return false
    const id = text(message.id) ?? text(message.reqId) ?? text(message.req_id) ?? text(message.request_id)
    return id !== undefined && this.#awaited.has(id)
  }

  /** Nothing of this package may throw into the application. */
  #guard<T>(act: () => T): T | undefined {
    try {
      return act()
    } catch (error) {
      this.#once('error', `following ccxt's orders failed; the application isn't affected: ${describe(error)}`)
      return undefined
    }
  }

  #once(topic: string, sentence: string): void {
    if (this.#said.has(topic)) return
    this.#said.add(topic)
    try {
      this.#say(sentence)
    } catch {
      // a diagnostics logger of the user's own
    }
  }
}

function isQuery(kind: CallKind): boolean {
  return kind === 'fetch_orders' || kind === 'fetch_trades'
}

/** Venues that only know POST ask by it too, on what ccxt calls their public side. */
function isQuestion(api: unknown, method: unknown): boolean {
  return method === 'GET' || (Array.isArray(api) ? api : [api]).some(part => /public/i.test(String(part)))
}

const LOGIN_FIELDS = ['op', 'event', 'action', 'method', 'channel', 'type'] as const

/** What a session begins with, before the request that it is for: https://www.okx.com/docs-v5/en/#overview-websocket-login */
function isLogin(message: unknown): boolean {
  if (!isObject(message)) return false
  return LOGIN_FIELDS.some(name => {
    const word = message[name]
    return typeof word === 'string' && /(?:^|[./_])(?:log-?in|auth(?:enticate|orize)?|logon)$/i.test(word)
  })
}

/** What and where, not what it says: the text may be that of a getter of the application's, with anything in it. */
function describe(error: unknown): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  return [nameOf(error), ...stack.split('\n').filter(line => /^\s+at .+:\d+\)?$/.test(line))].join('\n')
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error
}
