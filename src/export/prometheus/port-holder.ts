import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'

/** Looking through the processes of a large machine must not take for ever. */
const MAXIMUM_PROCESSES = 5000
/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/**
 * Who listens on a port, as `pid 4120, node market-data.js`; `undefined` where that can't be seen: on another
 * system than Linux, or when the process is another user's.
 */
export async function findPortHolder(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  try {
    const sockets = await listeningSockets(port)
    if (sockets.size === 0) return undefined
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).slice(0, MAXIMUM_PROCESSES)
    for (const pid of pids) {
      if (await hasSocket(pid, sockets)) return `pid ${pid}, ${await commandOf(pid)}`
    }
  } catch {
    // it was only for the sake of the message
  }
  return undefined
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const sockets = new Set<string>()
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const table = await readFile(file, 'utf8').catch(() => '')
    for (const line of table.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (local.endsWith(wanted) && state === LISTENING) sockets.add(`socket:[${inode}]`)
    }
  }
  return sockets
}

async function hasSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  const descriptors = await readdir(folder).catch(() => [])
  for (const descriptor of descriptors) {
    if (sockets.has(await readlink(`${folder}/${descriptor}`).catch(() => ''))) return true
  }
  return false
}

/** Options of Node whose value is a file that isn't the program. */
const preloads: ReadonlySet<string> = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader'])

/** Program and script; further arguments may hold secrets. */
async function commandOf(pid: string): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter(word => word !== '')
  const isOption = (word: string | undefined) => word?.startsWith('-') === true
  const script = words.find(
    (word, i) => i > 0 && !isOption(word) && !preloads.has(words[i - 1]!) && /\.[cm]?[jt]sx?$/.test(word),
  )
  return [words[0] ?? '?', script].flatMap(word => (word === undefined ? [] : [basename(word)])).join(' ')
}
