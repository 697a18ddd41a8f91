import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from './eventually.js'

interface Process {
  readonly pid: number
  readonly parent: number
  /** Its process namespace. */
  readonly namespace: string
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        const parent = Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
        return [{ pid: Number(pid), parent, namespace: readlinkSync(`/proc/${pid}/ns/pid`) }]
      } catch {
        // it has ended meanwhile
        return []
      }
    })
}

/** The namespace in which the services run that a process has started. */
function namespaceOf(starter: number): string {
  const all = processes()
  const own = readlinkSync('/proc/self/ns/pid')
  const below = (pid: number): Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap(child => [child, ...below(child.pid)])
  return below(starter).find(({ namespace }) => namespace !== own)!.namespace
}

test.each([
  ['it is told to end', 'SIGTERM'],
  ['it is killed', 'SIGKILL'],
] as const)('nothing is left of a stack when %s', async (_, signal) => {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/hold-stack.mjs'), 'end'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const namespace = namespaceOf(holder.pid!)
  const left = () => processes().filter(process => process.namespace === namespace)
  // the supervisor, Prometheus and the venue
  expect(left().length).toBeGreaterThanOrEqual(3)
  holder.kill(signal)
  await eventually(async () => expect(left()).toEqual([]), 20_000)
})
