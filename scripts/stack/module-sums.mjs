import { readFileSync } from 'node:fs'

const FILE = new URL('modules.sum', import.meta.url)

/** The checksums that the pinned modules had when they were pinned: lines as in go.sum. */
function pinned() {
  const lines = readFileSync(FILE, 'utf8').split('\n').filter(Boolean)
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]))
}

/** Throws when `module version` isn't what it was when it was pinned. */
export function requireSum(name, sum) {
  const wanted = pinned().get(name)
  if (wanted === sum) return
  if (wanted === undefined)
    throw new Error(`scripts/stack/modules.sum has no line for it; it should be \`${name} ${sum}\``)
  throw new Error(`${name} has the checksum ${sum}, and scripts/stack/modules.sum says ${wanted}`)
}
