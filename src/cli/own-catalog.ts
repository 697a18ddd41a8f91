import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definitionsOf } from '../catalog/own-definitions.js'
import type { Catalog } from './catalog-json.js'
import { UsageError } from './usage-error.js'

/**
 * What a module of an application defines, by what it exports. The module is run for that, as an application that
 * imports it would run it.
 */
export async function readOwnCatalog(file: string): Promise<Catalog> {
  const found = Object.values(await exportsOf(file)).flatMap(value => definitionsOf(value) ?? [])
  if (found.length === 0) {
    throw new UsageError(
      `catalog: ${file} exports no definitions; export what defineMetrics, defineSpans or defineAttributes returned`,
    )
  }
  return {
    metrics: Object.assign({}, ...found.map(each => each.metrics)),
    spans: Object.assign({}, ...found.map(each => each.spans)),
    events: {},
    attributes: Object.assign({}, ...found.map(each => each.attributes)),
  }
}

async function exportsOf(file: string): Promise<object> {
  try {
    const namespace = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown }
    // a CommonJS module whose exports Node couldn't tell by name
    return { ...Object(namespace.default), ...namespace }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const typescript =
      code === 'ERR_UNKNOWN_FILE_EXTENSION' || (error instanceof SyntaxError && /\.[mc]?ts$/.test(file))
    throw new UsageError(
      typescript
        ? `catalog: node ${process.version} can't load ${file}; give the JavaScript that it is compiled to`
        : `catalog: ${file} can't be loaded: ${message.split('\n', 1)[0]}`,
    )
  }
}
