import { readdir, readFile, readlink } from 'node:fs/promises'

/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Where a process listens (`127.0.0.1:9464`), by Linux's /proc; empty where it can't be seen. */
export async function listeningAddresses(pid: number): Promise<readonly string[]> {
  const own = await socketsOf(pid)
  const addresses = new Set<string>()
  for (const table of ['tcp', 'tcp6']) {
    // as the process sees it: it may have a network of its own
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === LISTENING && own.has(`socket:[${inode}]`)) addresses.add(readable(local))
    }
  }
  return [...addresses]
}

/** Of `0100007F:24F8`: words of 32 bits, each with its lowest byte first. Every address means loopback too. */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':')
  const bytes = [...address.matchAll(/../g)].map(([byte]) => Number.parseInt(byte, 16))
  const ordered = bytes.map((_, i) => bytes[i - (i % 4) + 3 - (i % 4)]!)
  const number = Number.parseInt(port, 16)
  if (ordered.every(byte => byte === 0)) return `127.0.0.1:${number}`
  if (ordered.length === 4) return `${ordered.join('.')}:${number}`
  const groups = Array.from({ length: 8 }, (_, i) => ((ordered[2 * i]! << 8) | ordered[2 * i + 1]!).toString(16))
  return `[${groups.join(':')}]:${number}`
}

/** Processes of Node that this user may look into. */
export async function nodeProcesses(): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.filter(name => /^\d+$/.test(name)).map(Number)
  const found: number[] = []
  for (const pid of pids) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
    if (/\/node[^/]*$/.test(program) && pid !== process.pid) found.push(pid)
  }
  return found
}

async function socketsOf(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`
  const descriptors = await readdir(folder).catch(() => [])
  return new Set(await Promise.all(descriptors.map(each => readlink(`${folder}/${each}`).catch(() => ''))))
}
