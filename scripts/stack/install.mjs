/*
 * Builds the servers of docker-compose.yml from the Go module registry into a cache outside of the checkout, once:
 *
 *   npm run stack:install                 all of them
 *   npm run stack:install -- collector    one of the programs of versions.mjs
 *
 * What is built stands in versions.mjs. The cache lists the checksums of what was built in checksums.json; a binary
 * that isn't the one listed, or whose recipe has changed, is built anew.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildCollector } from './build-collector.mjs'
import { buildModule } from './build-module.mjs'
import { isBuilt, noteBuilt } from './checksums.mjs'
import { BIN, STACK } from './folders.mjs'
import { requireGo } from './go.mjs'
import { PROGRAMS } from './versions.mjs'

async function install(program) {
  const names = Object.keys(program.binaries).join(', ')
  if (isBuilt(program)) {
    console.log(`${names} ${program.release}: there`)
    return
  }
  requireGo()
  console.log(`${names} ${program.release}: building`)
  const start = Date.now()
  const folder = mkdtempSync(join(STACK, `build-${program.name}-`))
  const built = binary => join(folder, 'built', binary)
  try {
    await (program.builder === undefined ? buildModule : buildCollector)(program, folder, built)
    // a running server keeps the file that it was started from
    for (const binary of Object.keys(program.binaries)) renameSync(built(binary), join(BIN, binary))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  noteBuilt(program)
  console.log(`${names} ${program.release}: built in ${Math.round((Date.now() - start) / 1000)} s`)
}

mkdirSync(BIN, { recursive: true })
const wanted = process.argv.slice(2)
for (const program of PROGRAMS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  try {
    await install(program)
  } catch (error) {
    console.error(`${Object.keys(program.binaries).join(', ')} can't be had: ${error.message}`)
    process.exitCode = 1
  }
}
if (process.exitCode === undefined) console.log(`All servers of the stack are in ${BIN}`)
