import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  exports: Record<string, string | { types: string }>
}

/** The source of every subpath in package.json. */
const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string'
    ? []
    : [
        {
          subpath,
          file: fileURLToPath(new URL(target.types.replace('./dist/', 'src/').replace('.d.ts', '.ts'), root)),
        },
      ],
)

const configFile = fileURLToPath(new URL('tsconfig.json', root))
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configFile, ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(root),
)
const program = ts.createProgram(
  entries.map(({ file }) => file),
  options,
)
const checker = program.getTypeChecker()

/*
 * What users can import. A name that goes or comes is a decision, not an accident: `npx vitest run test/package -u`
 * writes the snapshot, and CHANGELOG.md tells.
 */
it.each(entries)('exports of orderscope $subpath', ({ file }) => {
  const source = program.getSourceFile(file)
  expect(source, file).toBeDefined()
  const symbol = checker.getSymbolAtLocation(source!)
  const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(described)
  expect(names.sort()).toMatchSnapshot()
})

function described(symbol: ts.Symbol): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  return target.flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`
}
