import { type CallKind, callMethods, type InnerMethod, innerMethods } from './methods.js'
import type { CcxtExchange } from './unified.js'
import { wrapMethod } from './wrap-method.js'

/** What happens around ccxt's methods. Each is given a `run` that does what the method did, and returns its result. */
export interface CcxtHooks {
  call(kind: CallKind, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown
  inner(method: InnerMethod, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown
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
      patched.add(exchange as object)
      patchClasses(exchange as object, patched, hooks)
      return run()
    })
    // An object that was made before has copies that aren't wrapped. These it will call, so that what follows is seen.
    for (const name of ['loadMarkets', 'safeOrder']) {
      wrapMethod(prototype, name, (exchange, _args, run) => {
        if (!patched.has(exchange as object)) {
          patchClasses(exchange as object, patched, hooks)
          patchPrototype(exchange as Prototype, patched, hooks)
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
}

/** Only what a class owns: what it inherits is wrapped where it comes from. */
function patchPrototype(prototype: Prototype, patched: WeakSet<object>, hooks: CcxtHooks): void {
  if (patched.has(prototype)) return
  patched.add(prototype)
  try {
    for (const [name, kind] of callMethods) {
      if (typeof ownValue(prototype, name) !== 'function') continue
      wrapMethod(prototype, name, (exchange, args, run) => hooks.call(kind, exchange as CcxtExchange, args, run))
    }
    for (const name of innerMethods) {
      if (typeof ownValue(prototype, name) !== 'function') continue
      wrapMethod(prototype, name, (exchange, args, run) => hooks.inner(name, exchange as CcxtExchange, args, run))
    }
  } catch (error) {
    const { name } = Object(prototype.constructor) as { name?: unknown }
    hooks.failed(typeof name === 'string' ? name : 'Exchange', error)
  }
}

function ownValue(prototype: Prototype, name: string): unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.value
}
