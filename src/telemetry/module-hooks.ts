import * as nodeModule from 'node:module'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { sayOnce } from './said.js'
import { checkWorkingDirectory } from './working-directory.js'

/** import-in-the-middle, the copy that `@opentelemetry/instrumentation` uses: hooks added to another aren't called. */
interface ImportInTheMiddle {
  createAddHookMessageChannel(): { addHookMessagePort: MessagePort }
}

interface SynchronousHooks {
  supportsSyncHooks(): boolean
  register(options: { include: readonly (string | RegExp)[] }): void
}

/** The copies of import-in-the-middle whose hook is registered in this thread. */
const KEY = Symbol.for('orderscope.import-hooks')
const registry = globalThis as { [KEY]?: Set<string> }

/**
 * `require` from this package; from the working directory in a bundle, where `import.meta.url` may be empty (with
 * CommonJS). A namespace import, since bundles often declare a `createRequire` of their own.
 */
export function ownRequire(): NodeJS.Require {
  return nodeModule.createRequire(import.meta.url ?? pathToFileURL('noop.js'))
}

/** Resolved when it is needed: in a bundle there may be nothing to resolve. */
export function instrumentationRequire(): NodeJS.Require {
  return nodeModule.createRequire(ownRequire().resolve('@opentelemetry/instrumentation'))
}

/**
 * Collects the names of the modules that instrumentations made inside `create` want to patch, and installs the
 * hook that wraps those, and no others, when an ES module imports them (six modules instead of every one).
 * `also`: further specifiers, or patterns of URLs.
 */
export function hookImports<T>(create: () => T, also: readonly (string | RegExp)[] = []): T {
  const fromInstrumentation = instrumentationRequire()
  const hook = fromInstrumentation.resolve('import-in-the-middle')
  const hooks = registry[KEY] ?? new Set<string>()
  registry[KEY] = hooks
  // Telemetry that is started again: a second hook would wrap every module twice. Names that its instrumentations
  // add go to the hook that is there.
  if (hooks.has(hook)) return create()
  const { createAddHookMessageChannel } = fromInstrumentation('import-in-the-middle') as ImportInTheMiddle
  const { addHookMessagePort } = createAddHookMessageChannel()
  const result = create()
  const include = new Set<string | RegExp>(also)
  for (let said = receiveMessageOnPort(addHookMessagePort); said; said = receiveMessageOnPort(addHookMessagePort)) {
    for (const name of said.message as string[]) include.add(name)
  }
  if (include.size > 0) {
    hooks.add(hook)
    registerHook(fromInstrumentation, [...include], addHookMessagePort)
  }
  return result
}

/** Import hooks in this thread, 8 ms and nothing to wait for: Node ≥ 22.22.3 and ≥ 24.11.1. */
export function supportsSynchronousHooks(): boolean {
  if (!('registerHooks' in nodeModule)) return false
  try {
    const hooks = instrumentationRequire()('import-in-the-middle/register-hooks.mjs') as SynchronousHooks
    return hooks.supportsSyncHooks()
  } catch {
    return false
  }
}

function registerHook(
  fromInstrumentation: NodeJS.Require,
  include: readonly (string | RegExp)[],
  addHookMessagePort: MessagePort,
): void {
  if (supportsSynchronousHooks()) {
    ;(fromInstrumentation('import-in-the-middle/register-hooks.mjs') as SynchronousHooks).register({ include })
    return
  }
  const hook = pathToFileURL(fromInstrumentation.resolve('import-in-the-middle/hook.mjs'))
  try {
    // `register` would wait for ever for a thread that died
    checkWorkingDirectory()
    nodeModule.register(hook, { data: { include, addHookMessagePort }, transferList: [addHookMessagePort] })
  } catch (error) {
    // it needs a thread, which Node's permission model may forbid; `require` is patched without one
    const reason = String((error as Error).message).split('\n', 1)[0]!
    sayOnce(
      'imports',
      `modules that are imported as ES modules aren't instrumented (${reason}); those that are required are`,
    )
  }
}

interface Patchable {
  patch?: (exports: unknown, version?: string) => unknown
}
interface ModuleDefinition extends Patchable {
  readonly files?: Patchable[]
}

/**
 * Keeps an instrumentation from breaking the host: an ES module that is `require`d comes as a frozen namespace,
 * to which upstream's patches assign, so they get a copy; a patch that throws all the same leaves the module as it was.
 */
export function guardPatches(instrumentation: Instrumentation, onError: (error: unknown) => void): void {
  const definitions = (instrumentation as unknown as { _modules?: ModuleDefinition[] })._modules
  if (!Array.isArray(definitions)) return
  for (const definition of definitions) {
    guardPatch(definition, onError)
    for (const file of definition.files ?? []) guardPatch(file, onError)
  }
}

function guardPatch(definition: Patchable, onError: (error: unknown) => void): void {
  const { patch } = definition
  if (typeof patch !== 'function') return
  definition.patch = function (this: unknown, exports: unknown, version?: string) {
    const frozen = types.isModuleNamespaceObject(exports) && !types.isProxy(exports)
    try {
      return Reflect.apply(patch, this, [frozen ? { ...(exports as object) } : exports, version])
    } catch (error) {
      onError(error)
      return exports
    }
  }
}
