import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UsageError } from '../usage-error.js'
import { listeningAddresses, nodeProcesses } from './listening-addresses.js'
import { readHealth } from './reading.js'

const DEFAULT_URL = 'http://127.0.0.1:9464'
const PROBE_MS = 1500

/** A process that can be watched. */
export interface Found {
  readonly pid: number
  readonly url: string
}

/** It can't be found; the message is a sentence for the user. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/**
 * The address of what is to be watched: of a URL as it is, of a PID by the ports on which it listens, and without
 * either of the only process of this machine that has orderscope.
 */
export async function findTarget(argument: string | undefined): Promise<string> {
  if (argument === undefined) return findOnly()
  if (/^\d+$/.test(argument)) return findByPid(Number(argument))
  const text = /^https?:\/\//.test(argument)
    ? argument
    : `http://${argument.startsWith(':') ? '127.0.0.1' : ''}${argument}`
  if (!URL.canParse(text)) {
    throw new UsageError(`top: "${argument}" is neither a PID nor an address; write npx orderscope top ${DEFAULT_URL}`)
  }
  return new URL(text).origin
}

async function findByPid(pid: number): Promise<string> {
  for (const address of await listeningAddresses(pid)) {
    const url = `http://${address}`
    if (await answersAs(url, pid)) return url
  }
  if (await answersAs(DEFAULT_URL, pid)) return DEFAULT_URL
  if (!isRunning(pid)) throw new NotFoundError(`there is no process ${pid}; for a port, write :${pid}`)
  throw new NotFoundError(
    `process ${pid} has no scrape endpoint of orderscope that can be seen from here; it is started with node --import orderscope/register, and its start-up line says the address`,
  )
}

async function findOnly(): Promise<string> {
  const found = await findAll()
  if (found.length === 1) return found[0]!.url
  if (found.length === 0) {
    throw new NotFoundError(
      `nothing with orderscope runs here (looked at ${DEFAULT_URL}${process.platform === 'linux' ? ' and at every port of a Node process of this user' : ''}); write npx orderscope top PID, or the address of its /metrics`,
    )
  }
  const lines = await Promise.all(
    found.map(async ({ pid, url }) => `  npx orderscope top ${pid}   ${url}   ${await commandOf(pid)}`),
  )
  throw new NotFoundError(`${found.length} processes have orderscope; choose one:\n${lines.join('\n')}`)
}

async function findAll(): Promise<readonly Found[]> {
  const urls = new Set([DEFAULT_URL])
  for (const pid of await nodeProcesses()) {
    for (const address of await listeningAddresses(pid)) urls.add(`http://${address}`)
  }
  const found = await Promise.all(
    [...urls].map(async url => {
      const pid = await pidAt(url)
      return pid === undefined ? [] : [{ pid, url }]
    }),
  )
  return found.flat().sort((a, b) => a.pid - b.pid)
}

async function answersAs(url: string, pid: number): Promise<boolean> {
  return (await pidAt(url)) === pid
}

async function pidAt(url: string): Promise<number | undefined> {
  try {
    return (await readHealth(url, AbortSignal.timeout(PROBE_MS))).details.pid
  } catch {
    return undefined
  }
}

/** Whether a process is there, this user's or not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Program and script; further arguments may hold secrets. */
async function commandOf(pid: number): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const script = words.slice(1).find(word => /\.[cm]?[jt]sx?$/.test(word) && !word.includes('register'))
  return script === undefined ? '' : basename(script)
}
