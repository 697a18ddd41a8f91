import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { go } from './go.mjs'
import { requireSum } from './module-sums.mjs'

/**
 * Builds the programs of a module in a copy of it, with its own go.sum: `go install` refuses the `replace` directives
 * that these modules have.
 */
export async function buildModule(
  { name, module, version, release, stamp, tags = [], binaries, placeholders = [] },
  folder,
  target,
) {
  const { Dir, Sum } = JSON.parse(await go(name, ['mod', 'download', '-json', `${module}@${version}`], folder))
  requireSum(`${module} ${version}`, Sum)
  const source = join(folder, name)
  cpSync(Dir, source, { recursive: true })
  makeWritable(source)
  for (const placeholder of placeholders) {
    const file = join(source, placeholder)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'Built without its pages.\n')
  }
  for (const [binary, path] of Object.entries(binaries)) {
    const flags = ['-trimpath', '-mod=readonly', `-tags=${tags.join(',')}`, `-ldflags=-s -w -X ${stamp}=${release}`]
    await go(binary, ['build', '-v', ...flags, '-o', target(binary), path], source)
  }
}

/** What lies in the module cache is read-only. */
function makeWritable(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink())
      chmodSync(join(entry.parentPath ?? entry.path, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  }
}
