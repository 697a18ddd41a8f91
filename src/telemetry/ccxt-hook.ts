import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { pathToFileURL } from 'node:url'
import { ccxtBaseModules, createCcxtInstrumentation, findCcxtBase } from '../instrumentation/ccxt/index.js'
import { registerOpenTracker } from '../order/open-trackers.js'
import { createOrderTracker } from '../order/order-tracker.js'
import { instrumentationRequire, supportsSynchronousHooks } from './module-hooks.js'
import { applicationDirectory } from './resource.js'
import { say } from './said.js'

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
 * Sees to it that every ccxt that this application loads tells its orders. Nothing of ccxt is loaded in an
 * application that has none. Returns the undo.
 */
export function instrumentCcxt(applicationDirectory: string): () => void {
  const instrumentation = createCcxtInstrumentation({
    createSink: ({ id }) => createOrderTracker({ venue: { name: id } }),
    say,
  })
  const onModule: OnModule = (exports, name) => {
    if (ccxtBaseModules.namePattern.test(name) || ccxtBaseModules.urlPattern.test(name)) instrumentation.patch(exports)
    return exports
  }
  const require = instrumentationRequire()
  const hook = (hooks: ModuleHooks) =>
    new hooks.Hook([ccxtBaseModules.packageName], { internals: ccxtBaseModules.internals }, onModule)
  hook(require('require-in-the-middle'))
  if (supportsSynchronousHooks()) hook(require('import-in-the-middle'))
  else loadEagerly(applicationDirectory, exports => instrumentation.patch(exports))
  // what waits for more news is told before the trackers end their orders
  const unregister = registerOpenTracker({ close: () => instrumentation.flush() })
  return () => {
    unregister()
    instrumentation.disable()
  }
}

/**
 * The asynchronous import hook costs 400 ms for ccxt's 900 modules. The base class alone, `require`d before the
 * application's import of ccxt, is the same instance as that import's.
 */
function loadEagerly(applicationDirectory: string, patch: (exports: unknown) => void): void {
  const base = findCcxtBase(applicationDirectory)
  if (base === undefined) return
  try {
    patch(nodeModule.createRequire(base)(base))
  } catch {
    // a ccxt that can't be loaded will tell the application so itself
  }
}

/** For the start-up line: the ccxt whose orders will be followed; `undefined` where the application has none. */
export function ccxtNote(instrumentations: ReadonlySet<string>): string | undefined {
  if (!instrumentations.has('ccxt')) return undefined
  return describeCcxt(applicationDirectory())
}

export function describeCcxt(directory: string): string | undefined {
  const base = findCcxtBase(directory)
  if (base === undefined) return undefined
  try {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', pathToFileURL(base)), 'utf8'))
    return `ccxt ${version}: orders followed`
  } catch {
    return undefined
  }
}
