import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'deploy/grafana/dashboards')
const files = readdirSync(folder)

/**
 * What the compiler has against each of the texts as a dashboard, by name. Grafana publishes its schema as TypeScript:
 * JSON fits when the compiler takes it for a value of the type.
 */
function mistakesOf(dashboards: Readonly<Record<string, string>>): Record<string, string[]> {
  const path = (name: string) => join(import.meta.dirname, `${name}.written.ts`)
  const sources = new Map<string, string>()
  for (const [name, json] of Object.entries(dashboards)) {
    const text = `import type { WrittenDashboard } from './written-dashboard.js'\nexport const dashboard: WrittenDashboard = ${json}\n`
    sources.set(path(name), text)
  }
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = name => sources.has(name) || fileExists(name)
  host.readFile = name => sources.get(name) ?? readFile(name)
  host.getSourceFile = (name, version, ...rest) => {
    const text = sources.get(name)
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version)
  }
  const program = ts.createProgram([...sources.keys()], options, host)
  const of = (name: string) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  return Object.fromEntries(Object.keys(dashboards).map(name => [name, of(path(name))]))
}

const orders = readFileSync(join(folder, 'orders.json'), 'utf8')
const mistaken: readonly (readonly [string, string, string])[] = [
  ['a field that there is not', '"editable": false', '"editible": false'],
  ['a value that there is not', '"mode": "multi"', '"mode": "many"'],
  ['a field of another type', '"schemaVersion": 42', '"schemaVersion": "42"'],
  ['an option that the kind of panel has not', '"graphMode": "none"', '"graphMode": "none", "legend": {}'],
]

test("dashboards fit Grafana's own schema, and mistakes in them are seen", () => {
  const written = files.map(file => [file, readFileSync(join(folder, file), 'utf8')] as const)
  const wrong = mistaken.map(([name, right, other]) => [name, orders.replace(right, other)] as const)
  const mistakes = mistakesOf(Object.fromEntries([...written, ...wrong]))
  for (const file of files) expect(mistakes[file], file).toEqual([])
  for (const [name] of mistaken) expect(mistakes[name], name).toHaveLength(1)
}, 60_000)

test('the schema is that of the Grafana that is started', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@grafana/schema/package.json'), 'utf8'))
  expect(readFileSync(join(root, '.env'), 'utf8')).toContain(`GRAFANA_IMAGE=grafana/grafana:${version}\n`)
})
