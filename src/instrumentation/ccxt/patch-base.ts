import { exchangeItself, rememberExchange } from './exchange-itself.js'
import { type CallKind, callMethods, type InnerMethod, innerMethods } from './methods.js'
import type { CcxtExchange } from './unified.js'
import { wrapMethod } from './wrap-method.js'

/** What happens around ccxt's methods. Each is given a `run` that does what the method did, and returns its result. */
export interface CcxtHooks {
  call(kind: CallKind, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown
  inner(method: InnerMethod, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown
  /** What else there is to wrap of a class's own methods, before the orders' own wrappers. */
  prototype?(prototype: Record<string, unknown>): void
  /** A class has a shape that can't be patched; its orders aren't seen. */
  failed(className: string, error: unknown): void
}

type Prototype = Record<string, unknown>
type Constructor = { readonly prototype: Prototype; readonly name: string }

const patchedBy = new WeakMap<CcxtHooks, WeakSet<object>>()

/**
 * Patches ccxt by its base class: the first object of each class wraps the class's own methods, once. The constructor
 * calls `getDefaultOptions` before it copies methods onto the object (`fetch2`, `create_order`), so the copies are
 * wrapped too.
 *
 * @param moduleExports of `ccxt/js/src/base/Exchange.js` or its CommonJS twin
 * @returns whether a base class that can be patched was found there
 */
export function patchCcxtBase(moduleExports: unknown, hooks: CcxtHooks): boolean {
  const base = baseClass(moduleExports)
  if (base === undefined) return false
  const patched = patchedBy.get(hooks) ?? new WeakSet<object>()
  patchedBy.set(hooks, patched)
  const { prototype } = base
  const first = ['getDefaultOptions', 'describe'].find(name => typeof ownValue(prototype, name) === 'function')
  if (first === undefined) return false
  if (patched.has(prototype)) return true
  try {
    wrapMethod(prototype, first, (exchange, _args, run) => {
      patchClasses(exchange as object, patched, hooks)
      return run()
    })
    // An object that was made before has copies that aren't wrapped. These it will call, so that what follows is seen.
    for (const name of ['loadMarkets', 'safeOrder']) {
      wrapMethod(prototype, name, (exchange, _args, run) => {
        if (!patched.has(exchange as object)) {
          patchPrototype(exchange as Prototype, patched, hooks)
          patchClasses(exchange as object, patched, hooks)
        }
        return run()
      })
    }
  } catch (error) {
    hooks.failed(base.name, error)
    return false
  }
  patchPrototype(prototype, patched, hooks)
  return true
}

/** The topmost class among the exports. */
function baseClass(moduleExports: unknown): Constructor | undefined {
  const { BaseExchange, Exchange, default: byDefault } = Object(moduleExports) as Record<string, unknown>
  for (const candidate of [BaseExchange, Exchange, byDefault]) {
    if (typeof candidate !== 'function') continue
    let top = candidate as unknown as Constructor
    for (let parent = Object.getPrototypeOf(top); typeof parent === 'function' && parent.prototype; ) {
      top = parent as Constructor
      parent = Object.getPrototypeOf(parent)
    }
    return top
  }
  return undefined
}

function patchClasses(exchange: object, patched: WeakSet<object>, hooks: CcxtHooks): void {
  for (
    let prototype = Object.getPrototypeOf(exchange) as Prototype | null;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    patchPrototype(prototype, patched, hooks)
  }
  if (patched.has(exchange)) return
  patched.add(exchange)
  rememberExchange(exchange)
  // class fields (`createOrder = async () => …`) are there when the constructors are through
  queueMicrotask(() => patchFields(exchange as Prototype, hooks))
}

/** Only what a class owns: what it inherits is wrapped where it comes from. */
function patchPrototype(prototype: Prototype, patched: WeakSet<object>, hooks: CcxtHooks): void {
  if (patched.has(prototype)) return
  patched.add(prototype)
  const { name } = Object(prototype.constructor) as { name?: unknown }
  const className = typeof name === 'string' ? name : 'Exchange'
  try {
    hooks.prototype?.(prototype)
    for (const [method, kind] of callMethods) wrapCall(prototype, method, kind, className, hooks)
    for (const method of innerMethods) {
      if (typeof ownValue(prototype, method) !== 'function') continue
      wrapMethod(prototype, method, (exchange, args, run) =>
        hooks.inner(method, exchangeItself(exchange as CcxtExchange), args, run),
      )
    }
  } catch (error) {
    hooks.failed(className, error)
  }
}

function patchFields(exchange: Prototype, hooks: CcxtHooks): void {
  const { name } = Object(exchange.constructor) as { name?: unknown }
  const className = typeof name === 'string' ? name : 'Exchange'
  try {
    const prototype = Object.getPrototypeOf(exchange) as Prototype
    for (const [method, kind] of callMethods) {
      // a copy of the method is wrapped already
      if (Object.hasOwn(exchange, method) && ownValue(exchange, method) !== prototype[method]) {
        wrapCall(exchange, method, kind, className, hooks)
      }
    }
  } catch (error) {
    hooks.failed(className, error)
  }
}

function wrapCall(target: Prototype, method: string, kind: CallKind, className: string, hooks: CcxtHooks): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, method)
  if (descriptor === undefined) return
  if (descriptor.get !== undefined) {
    hooks.failed(className, `its ${method} is a getter`)
    return
  }
  if (typeof descriptor.value !== 'function') return
  wrapMethod(target, method, (exchange, args, run) =>
    hooks.call(kind, exchangeItself(exchange as CcxtExchange), args, run),
  )
}

function ownValue(prototype: Prototype, name: string): unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.value
}
