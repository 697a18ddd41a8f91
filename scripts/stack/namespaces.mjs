import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url))
const OWN = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL']
const TOOLS = { ip: 'iproute2', unshare: 'util-linux', nsenter: 'util-linux', mount: 'mount', chroot: 'coreutils' }

/** Throws a sentence where programs can't be run in namespaces of their own. */
export function requireNamespaces() {
  if (process.platform !== 'linux')
    throw new Error('The stack runs in namespaces, which only Linux has; use docker compose.')
  for (const [tool, origin] of Object.entries(TOOLS)) {
    const { error } = spawnSync(tool, ['--version'], { stdio: 'ignore' })
    if (error !== undefined) throw new Error(`The stack needs \`${tool}\`, which Debian has in the package ${origin}.`)
  }
  const { status, stderr } = spawnSync('unshare', [...OWN, 'true'], { encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `This machine lets users make no namespaces of their own (${stderr.trim()}). Look at the sysctls ` +
      'kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns, or use docker compose.',
  )
}

/** Starts the supervisor in namespaces of its own. Ctrl-C doesn't reach it: whoever started it ends it in order. */
export function spawnSupervisor() {
  return spawn('unshare', [...OWN, process.execPath, SUPERVISOR], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}
