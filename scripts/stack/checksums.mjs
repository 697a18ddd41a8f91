import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, STACK } from './folders.mjs'

const FILE = join(STACK, 'checksums.json')

/** Whether the binaries of a program are those that were built from what is pinned now. */
export function isBuilt(program) {
  const entry = list()[program.name]
  if (entry?.recipe !== recipe(program)) return false
  return Object.keys(program.binaries).every(binary => {
    const file = join(BIN, binary)
    return existsSync(file) && sha256(readFileSync(file)) === entry.sha256[binary]
  })
}

/** Notes the binaries of a program in the checksum list. */
export function noteBuilt(program) {
  const sums = Object.keys(program.binaries).map(binary => [binary, sha256(readFileSync(join(BIN, binary)))])
  const entry = { release: program.release, recipe: recipe(program), sha256: Object.fromEntries(sums) }
  writeFileSync(`${FILE}.${process.pid}`, `${JSON.stringify({ ...list(), [program.name]: entry }, undefined, 2)}\n`)
  renameSync(`${FILE}.${process.pid}`, FILE)
}

function list() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}
}

/** What a program is built from: another version, component or flag is another recipe. */
function recipe(program) {
  return sha256(JSON.stringify(program))
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex')
}
