import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Summary } from '../../../examples/trading-desk/summary.js'

const root = join(import.meta.dirname, '../../..')
const example = join(root, 'examples/trading-desk')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trading-desk-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The desk without telemetry: what it does must not depend on it. */
function demo(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(example, 'dist/main.js'), '--preload', '', ...args])
  let output = ''
  child.stdout!.on('data', data => (output += data))
  child.stderr!.on('data', data => (output += data))
  return { child, output: () => output }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await sleep(20)
}

/** The venue's address: it answers while the venue lives. */
function venueUrl(output: string): string {
  return /venue listening on (\S+)/.exec(output)![1]!
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/api/v3/ping`).then(
    () => true,
    () => false,
  )
}

test('runs as many orders as it was told to, leaves none open, and ends', async () => {
  const json = join(folder, 'result.json')
  const { child, output } = demo('--orders', '60', '--seed', '3', '--json', json)
  expect(await exitCode(child), output()).toBe(0)
  const { venue, metrics, traces } = JSON.parse(readFileSync(json, 'utf8')) as Record<string, Summary>
  const { replaced = 0, open = 0, ...ended } = venue!.orders
  expect(Object.values(ended).reduce((a, b) => a + b)).toBe(60)
  expect(open).toBe(0)
  expect(replaced).toBeGreaterThanOrEqual(0)
  expect(venue!.executions).toBeGreaterThan(ended.filled!)
  for (const amount of Object.values(venue!.quantity)) expect(amount).toMatch(/^\d+(\.\d*[1-9])?$/)
  expect(Object.keys(metrics!)).toEqual(['orders', 'executions', 'quantity'])
  expect(Object.keys(traces!)).toEqual(['orders', 'executions', 'quantity'])
  expect(await answers(venueUrl(output()))).toBe(false)
}, 60_000)

test('Ctrl-C cancels what rests and ends every process', async () => {
  const { child, output } = demo('--seed', '2')
  await until(() => output().includes('Ctrl-C ends the desk'))
  const open = async () => {
    const response = await fetch(`${venueUrl(output())}/admin/books`)
    return ((await response.json()) as Summary).orders.open ?? 0
  }
  while ((await open()) === 0) await sleep(50)
  child.kill('SIGINT')
  expect(await exitCode(child), output()).toBe(0)
  expect(output()).toContain('drops connections and repeats messages on purpose')
  // the last account, which may go over more than one line
  const account = output().slice(output().lastIndexOf('\nvenue    ') + 1)
  expect(account).toMatch(/^venue {4}.*\d+ executions/s)
  expect(account).not.toContain('open')
  expect(await answers(venueUrl(output()))).toBe(false)
}, 60_000)

test('when the desk is killed, its processes end by themselves', async () => {
  const { child, output } = demo('--seed', '2')
  await until(() => output().includes('Ctrl-C ends the desk'))
  child.kill('SIGKILL')
  while (await answers(venueUrl(output()))) await sleep(50)
}, 60_000)

test.each([
  ['no number', ['--orders', 'many'], '--orders is "many"; it must be a whole number'],
  ['no orders', ['--orders', '0'], '--orders is "0"'],
  ['no recorded trades', ['--trades', '/nowhere/trades.csv'], "--trades is /nowhere/trades.csv, which can't be read"],
  ['no folder for the result', ['--orders', '1', '--json', '/nowhere/run.json'], 'name a file in a folder that exists'],
  ['a result of a run without end', ['--json', 'x'], '--json needs --orders'],
  ['an unknown option', ['--order', '3'], 'npm run demo -- [--orders N]'],
])(
  '%s is told in a sentence',
  async (_, args, message) => {
    const { child, output } = demo(...args)
    expect(await exitCode(child)).toBe(1)
    expect(output()).toContain(message)
  },
  20_000,
)

test('the venue as a process of its own answers for its books', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const port = String((taken.address() as AddressInfo).port)
  const busy = spawn(process.execPath, [join(example, 'dist/venue/main.js'), '--port', port])
  let complaint = ''
  busy.stderr.on('data', data => (complaint += data))
  expect(await exitCode(busy)).toBe(1)
  expect(complaint).toMatch(/^venue: .*EADDRINUSE/)
  taken.close()

  const child = spawn(process.execPath, [join(example, 'dist/venue/main.js')])
  let output = ''
  child.stdout.on('data', data => (output += data))
  await until(() => output.includes('\n'))
  const url = venueUrl(output)
  expect(await (await fetch(`${url}/admin/books`)).json()).toEqual({ orders: {}, executions: 0, quantity: {} })
  expect(await (await fetch(`${url}/admin/drop?sockets=user`, { method: 'POST' })).json()).toEqual({ dropped: 0 })
  await fetch(`${url}/api/v3/ping`, { headers: { traceparent: '00-1-2-3' } })
  const requests = (await (await fetch(`${url}/admin/requests`)).json()) as { headers: Record<string, string> }[]
  expect(requests.map(({ headers }) => headers.traceparent)).toEqual(['00-1-2-3'])
  child.kill('SIGTERM')
  expect(await exitCode(child)).toBe(0)
}, 20_000)
