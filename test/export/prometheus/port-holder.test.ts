import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findPortHolder } from '../../../src/export/prometheus/port-holder.js'

const directory = mkdtempSync(join(tmpdir(), 'orderscope-port-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const listens = `require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

describe.runIf(process.platform === 'linux')('who listens on a port', () => {
  it.each([
    ['an ordinary program', () => []],
    ['a preloaded one', () => ['--require', file('register.cjs', '')]],
  ])('%s is told by its own file', async (_, options) => {
    const child = spawn(process.execPath, [...options(), file('market-data.cjs', listens), 'secret.js'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [port] = await once(child.stdout, 'data')
      expect(await findPortHolder(Number(port))).toBe(`pid ${child.pid}, node market-data.cjs`)
    } finally {
      child.kill()
    }
  })
})
