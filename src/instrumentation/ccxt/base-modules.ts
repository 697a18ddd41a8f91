import { existsSync } from 'node:fs'
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
  try {
    const main = nodeModule.createRequire(join(from, 'noop.js')).resolve('ccxt')
    // dist/ccxt.cjs, by the "require" condition
    for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
      const base = join(folder, 'js', 'src', 'base', 'Exchange.js')
      if (existsSync(base)) return base
    }
  } catch {
    // not installed
  }
  return undefined
}
