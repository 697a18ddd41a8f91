import { referencePages } from './catalog-markdown.js'
import { settingsPage } from './settings-markdown.js'

/** A file below docs/ that is generated, with its text. */
export interface GeneratedDoc {
  readonly path: string
  readonly text: string
}

/** Every file of docs/ that `npm run docs` writes. */
export function generatedDocs(): readonly GeneratedDoc[] {
  const from = (source: string, text: string) =>
    `<!-- Generated from ${source} by \`npm run docs\`; change it there. -->\n\n${text}`
  return [
    ...referencePages().map(({ file, text }) => ({ path: `reference/${file}`, text: from('src/catalog', text) })),
    { path: 'settings.md', text: from('src/telemetry/settings-variables.ts', settingsPage()) },
  ]
}
