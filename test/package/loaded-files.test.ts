import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

/** What is started by its path, to do something. */
const programs = ['register.js', 'cli/main.js', 'export/worker.js']

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter(file => file.isFile() && file.name.endsWith('.js'))
  .map(file => relative(dist, join(file.parentPath, file.name)))
  .filter(file => !programs.includes(file))

/*
 * A file of several modules is loaded for the sake of any of them. In a thread with a parent, where the telemetry
 * thread's entry would begin its work.
 */
test('nothing happens by loading a file, but of those that are started', async () => {
  expect(files).toContain('testing/index.js')
  expect(files.filter(file => file.startsWith('chunks/')).length).toBeGreaterThan(10)
  const urls = files.map(file => pathToFileURL(join(dist, file)).href)
  const code = `
    const { getPriority } = require('node:os')
    const events = () => process.eventNames().length
    const was = [getPriority(), events()]
    const load = async () => { for (const url of ${JSON.stringify(urls)}) await import(url) }
    load().then(() => {
      const is = [getPriority(), events()]
      if (String(is) !== String(was)) throw new Error('priority and listeners were ' + was + ' and are ' + is)
      process.exitCode = 7
    })`
  const said: unknown[] = []
  const worker = new Worker(code, { eval: true, workerData: { niceness: 5 } })
  worker.on('message', message => said.push(message))
  worker.on('error', error => said.push(error))
  const [exitCode] = await once(worker, 'exit')
  expect(said).toEqual([])
  // by itself: no timer, port or server holds it
  expect(exitCode).toBe(7)
})
