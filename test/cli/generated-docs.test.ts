import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { generatedDocs } from '../../src/cli/generated-docs.js'
import { variables } from '../../src/telemetry/settings-variables.js'

const docs = new URL('../../docs/', import.meta.url)
const pages = generatedDocs()

it.each(pages)('docs/$path is what the source says (npm run docs writes it)', page => {
  expect(readFileSync(new URL(page.path, docs), 'utf8')).toBe(page.text)
})

it('holds no page that nothing generates', () => {
  const generated = pages.filter(page => page.path.startsWith('reference/')).map(page => basename(page.path))
  expect(readdirSync(new URL('reference/', docs)).sort()).toEqual(generated.sort())
})

it('keeps the cells of its tables apart', () => {
  for (const page of pages) {
    const lines = page.text.split('\n')
    lines.forEach((line, i) => {
      if (/^\| --- /.test(line)) {
        for (let row = i + 1; lines[row]?.startsWith('|'); row++) expect(cells(lines[row]!)).toBe(cells(line))
      }
    })
  }
})

function cells(row: string): number {
  return row.replaceAll('\\|', '').split('|').length - 2
}

it('lists every variable that a user can set, once', () => {
  const page = pages.find(({ path }) => path === 'settings.md')!.text
  // the same for one signal stands in a sentence, not in a row; the other is set by the package itself
  const listed = Object.keys(variables).filter(
    name => !/^OTEL_EXPORTER_OTLP_(TRACES|METRICS|LOGS)_(?!TEMPORALITY)|^ORDERSCOPE_SCRAPE_HOLDERS$/.test(name),
  )
  for (const name of listed) expect(page.split(`| \`${name}\` |`).length - 1, name).toBe(1)
})
