import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'

/**
 * What to hook for ccxt: the module of its base class, in both of its forms. It is seen however the application
 * imports ccxt, by the package or by a path.
 */
export const ccxtBaseModules = {
  /** The package. */
  packageName: 'ccxt',
  /** Its base modules are files inside it: hooks must be told to look at internals. */
  internals: true,
  /** By the name that require and import hooks call a file inside a package (`ccxt/js/src/base/Exchange.js`). */
  namePattern: /^ccxt[\\/](?:js|dist[\\/]cjs)[\\/]src[\\/]base[\\/]Exchange(?:\.c?js)?$/,
  /** By path or URL, for an import hook's list of modules to include. */
  urlPattern: /[\\/]ccxt[\\/](?:js|dist[\\/]cjs)[\\/]src[\\/]base[\\/]Exchange\.c?js$/,
} as const

/**
 * The ES-module base class of the ccxt that an application would import: `require()` it before the application
 * starts and patch it, where the synchronous module hooks aren't there (Node before 22.22.3 and 24.11.1; the
 * asynchronous ones cost 400 ms for ccxt's 900 modules). It is the same instance as the later import. Only for
 * applications whose entry is an ES module; in CommonJS the require hook alone is cheaper.
 *
 * @param from a file or directory of the application, absolute
 * @returns `undefined` where no ccxt is installed
 */
export function findCcxtBase(from: string): string | undefined {
  const folder = findCcxt(from)
  const base = folder === undefined ? undefined : join(folder, 'js', 'src', 'base', 'Exchange.js')
  return base !== undefined && existsSync(base) ? base : undefined
}

/**
 * The base classes of ccxt packages that belong to dependencies of an application, and of its own one where pnpm keeps
 * it: by what npm and pnpm have written down of the tree, since walking through it takes long.
 */
export function findNestedCcxtBases(from: string): string[] {
  const bases = new Set<string>()
  for (const folder of foldersAbove(join(from, 'noop.js'))) {
    const modules = join(folder, 'node_modules')
    for (const copy of [...nestedByNpm(modules), ...nestedByPnpm(modules)]) {
      const base = join(copy, 'js', 'src', 'base', 'Exchange.js')
      if (existsSync(base)) bases.add(realpathSync(base))
    }
  }
  return [...bases]
}

/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles */
function nestedByNpm(modules: string): string[] {
  try {
    const lock = readFileSync(join(modules, '.package-lock.json'), 'utf8')
    const paths = [...lock.matchAll(/"node_modules\/([^"\n]+\/node_modules\/ccxt)": *\{/g)]
    return paths.map(([, path]) => join(modules, path!))
  } catch {
    return []
  }
}

function nestedByPnpm(modules: string): string[] {
  const store = join(modules, '.pnpm')
  try {
    const names = readdirSync(store).filter(name => name.startsWith('ccxt@'))
    return names.map(name => join(store, name, 'node_modules', 'ccxt'))
  } catch {
    return []
  }
}

/** The folder of the ccxt package that an application would load, whatever is in it. */
export function findCcxt(from: string): string | undefined {
  for (const folder of foldersAbove(entryOfCcxt(from))) if (isCcxt(folder)) return folder
  // a package that CommonJS can't load
  for (const folder of foldersAbove(join(from, 'noop.js'))) {
    const installed = join(folder, 'node_modules', 'ccxt')
    if (isCcxt(installed)) return realpathSync(installed)
  }
  return undefined
}

function entryOfCcxt(from: string): string {
  try {
    // dist/ccxt.cjs, by the "require" condition
    return nodeModule.createRequire(join(from, 'noop.js')).resolve('ccxt')
  } catch {
    return ''
  }
}

function* foldersAbove(file: string): Generator<string> {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) yield folder
}

function isCcxt(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'ccxt'
  } catch {
    return false
  }
}
