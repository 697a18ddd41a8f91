import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { ccxtBaseModules, findCcxt, findCcxtBase, findNestedCcxtBases } from '../instrumentation/ccxt/base-modules.js'
import { registerOpenTracker } from '../order/open-trackers.js'
import { instrumentationRequire, supportsSynchronousHooks } from './module-hooks.js'
import type { Parts } from './parts.js'
import { applicationDirectory } from './resource.js'

type OnModule = (exports: unknown, name: string) => unknown

/** `require-in-the-middle` and `import-in-the-middle` alike. */
interface ModuleHooks {
  Hook: new (names: readonly string[], options: { internals: boolean }, onModule: OnModule) => unknown
}

/** What the import hook has to wrap, where it runs in this thread. */
export function ccxtIncludes(): readonly RegExp[] {
  return supportsSynchronousHooks() ? [ccxtBaseModules.urlPattern] : []
}

/**
 * Sees to it that every ccxt that this application loads tells its orders, and with `loaded` every one that it may
 * have loaded before. What follows the orders is loaded at once where the application has a ccxt: while its modules
 * load it would have to wait for them. Without one it is loaded with the first ccxt that appears, from wherever.
 * Returns the undo.
 */
export function instrumentCcxt(
  applicationDirectory: string,
  loaded: boolean,
  parts: Pick<Parts, 'ccxtOrders'>,
): () => void {
  let instrumentation: ReturnType<ReturnType<Parts['ccxtOrders']>['createCcxtOrders']> | undefined
  let undone = false
  const follow = () => {
    instrumentation ??= parts.ccxtOrders().createCcxtOrders()
    return instrumentation
  }
  if (loaded || findCcxt(applicationDirectory) !== undefined) follow()
  const patch = (exports: unknown) => {
    if (!undone && !follow().patch(exports)) refused = true
  }
  const onModule: OnModule = (exports, name) => {
    if (ccxtBaseModules.namePattern.test(name) || ccxtBaseModules.urlPattern.test(name)) patch(exports)
    return exports
  }
  const require = instrumentationRequire()
  const hook = (hooks: ModuleHooks) =>
    new hooks.Hook([ccxtBaseModules.packageName], { internals: ccxtBaseModules.internals }, onModule)
  hook(require('require-in-the-middle'))
  const synchronous = supportsSynchronousHooks()
  if (synchronous) hook(require('import-in-the-middle'))
  if (!synchronous || loaded) loadEagerly(applicationDirectory, patch)
  if (loaded) {
    for (const [file, module] of Object.entries(require.cache)) {
      if (ccxtBaseModules.urlPattern.test(file)) patch(module?.exports)
    }
  }
  // what waits for more news is told before the trackers end their orders
  const unregister = registerOpenTracker({ close: () => instrumentation?.flush() })
  return () => {
    undone = true
    unregister()
    instrumentation?.disable()
  }
}

const bases = new Map<string, string | undefined>()
/** A base class was met that can't be patched. */
let refused = false

/** Looked for once. */
function baseFrom(applicationDirectory: string): string | undefined {
  if (!bases.has(applicationDirectory)) bases.set(applicationDirectory, findCcxtBase(applicationDirectory))
  return bases.get(applicationDirectory)
}

/**
 * Also where the entry is CommonJS: it may `import()` ccxt, and that can't be seen when it does.
 * The asynchronous import hook costs 400 ms for ccxt's 900 modules. The base class alone, `require`d before the
 * application's import of ccxt, is the same instance as that import's.
 */
function loadEagerly(applicationDirectory: string, patch: (exports: unknown) => void): void {
  for (const base of new Set([baseFrom(applicationDirectory), ...findNestedCcxtBases(applicationDirectory)])) {
    if (base === undefined) continue
    try {
      patch(nodeModule.createRequire(base)(base))
    } catch {
      // a ccxt that can't be loaded will tell the application so itself
    }
  }
}

/** For the start-up line: the ccxt whose orders will be followed; `undefined` where the application has none. */
export function ccxtNote(instrumentations: ReadonlySet<string>): string | undefined {
  if (!instrumentations.has('ccxt')) return undefined
  return describeCcxt(applicationDirectory())
}

/** The ccxt of the application in `directory`, in words; `undefined` where there is none. */
export function describeCcxt(directory: string): string | undefined {
  const folder = findCcxt(directory)
  if (folder === undefined) return undefined
  let version = 'of no version'
  try {
    version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  } catch {
    // it was there a moment ago
  }
  return isKnown(directory)
    ? `ccxt ${version}: orders followed`
    : `ccxt ${version} isn't known: its orders are not seen`
}

/** Whether the ccxt of the application in `directory` has the shape that can be followed, as far as it has been seen. */
export function isKnown(directory: string): boolean {
  return baseFrom(directory) !== undefined && !refused
}
