import { catalogJson, wholeCatalog } from './catalog-json.js'
import { ownDefinitionsPage, referencePages } from './catalog-markdown.js'
import type { CliIo } from './io.js'
import { readOwnCatalog } from './own-catalog.js'
import { UsageError } from './usage-error.js'

/**
 * `orderscope catalog [--json] [FILE]`: everything that is emitted, or what a module defines with `defineMetrics`,
 * `defineSpans` and `defineAttributes`, as Markdown or as JSON.
 */
export async function runCatalog(args: readonly string[], io: CliIo): Promise<number> {
  const unknown = args.find(arg => arg.startsWith('-') && arg !== '--json')
  if (unknown !== undefined) {
    throw new UsageError(`catalog: "${unknown}" is not an option; there is --json, and without it Markdown is printed`)
  }
  const json = args.includes('--json')
  const [file, second] = args.filter(arg => arg !== '--json')
  if (second !== undefined) throw new UsageError(`catalog: one FILE at a time; there is "${second}" as well`)
  if (file === undefined) {
    const markdown = () => referencePages().map(page => page.text)
    io.stdout.write(json ? catalogJson(wholeCatalog) : markdown().join('\n'))
    return 0
  }
  const catalog = await readOwnCatalog(file)
  io.stdout.write(json ? catalogJson(catalog) : ownDefinitionsPage(catalog))
  return 0
}
