import { catalogJson } from './catalog-json.js'
import { referencePages } from './catalog-markdown.js'
import type { CliIo } from './io.js'
import { UsageError } from './usage-error.js'

/** `orderscope catalog [--json]`: everything that is emitted, as Markdown or as JSON. */
export function runCatalog(args: readonly string[], io: CliIo): number {
  const unknown = args.find(arg => arg !== '--json')
  if (unknown !== undefined) {
    throw new UsageError(`catalog: "${unknown}" is not an option; there is --json, and without it Markdown is printed`)
  }
  const markdown = () => referencePages().map(page => page.text)
  io.stdout.write(args.includes('--json') ? catalogJson() : markdown().join('\n'))
  return 0
}
