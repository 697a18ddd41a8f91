import { readdir, readFile, readlink } from 'node:fs/promises'

/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Ports on which a process listens, by Linux's /proc; empty where it can't be seen. */
export async function listeningPorts(pid: number): Promise<readonly number[]> {
  const own = await socketsOf(pid)
  const ports = new Set<number>()
  for (const table of ['tcp', 'tcp6']) {
    // as the process sees it: it may have a network of its own
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === LISTENING && own.has(`socket:[${inode}]`)) ports.add(Number.parseInt(local.split(':')[1]!, 16))
    }
  }
  return [...ports]
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
