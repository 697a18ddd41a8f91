import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Of the machine's system, what a program needs to run; all of it read-only. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']
const KERNEL = ['/proc', '/sys', '/dev']
const ETC = ['/etc/ssl', '/etc/ca-certificates', '/etc/localtime', '/etc/alternatives', '/etc/ld.so.cache']

/**
 * Writes the script that gives a service a file system as its container would have: the system's programs and
 * libraries, an `/etc` of its own, the files and volumes of docker-compose.yml where they belong, nothing else. It runs
 * in a mount namespace of the service's own, so that all of it is gone when the service is, and then becomes the
 * service.
 */
export function writeStart(service, run) {
  const own = join(run, service.name)
  const root = join(own, 'root')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(own, 'hosts'), `${service.hosts.join('\n')}\n`)
  writeFileSync(join(own, 'passwd'), 'root:x:0:0:root:/tmp:/bin/sh\n')
  writeFileSync(join(own, 'group'), 'root:x:0:\n')
  writeFileSync(join(own, 'nsswitch.conf'), 'hosts: files\n')
  const etc = ['hosts', 'passwd', 'group', 'nsswitch.conf'].map(name => {
    return { source: join(own, name), target: `/etc/${name}`, isReadOnly: true }
  })
  const mounts = [...etc, ...service.mounts].sort((a, b) => a.target.length - b.target.length)
  const environment = { PATH: '/stack/bin:/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...service.environment }
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const command = ['env', '-i', '-C', service.folder, ...assignments, service.file, ...service.arguments]
  const lines = [
    '#!/bin/sh',
    'set -e',
    `root=${quote(root)}`,
    'mount -t tmpfs -o mode=755 tmpfs "$root"',
    'mkdir "$root/etc" "$root/tmp" "$root/run"',
    ...SYSTEM.map(
      path => `if [ -L ${path} ]; then cp -P ${path} "$root${path}"; elif [ -d ${path} ]; then ${bind(path)}; fi`,
    ),
    ...KERNEL.map(path => bind(path)),
    ...ETC.map(
      path => `if [ -d ${path} ]; then ${bind(path)}; elif [ -e ${path} ]; then cp -L ${path} "$root${path}"; fi`,
    ),
    ...mounts.flatMap(mount => mountLines(mount)),
    `exec chroot "$root" ${command.map(quote).join(' ')}`,
  ]
  const script = join(own, 'start.sh')
  writeFileSync(script, `${lines.join('\n')}\n`)
  return script
}

function bind(path) {
  return `mkdir "$root${path}" && mount --rbind ${path} "$root${path}"`
}

function mountLines({ source, target, isNamed, isReadOnly }) {
  if (isNamed) mkdirSync(source, { recursive: true })
  const at = `"$root"${quote(target)}`
  const isFolder = statSync(source).isDirectory()
  return [
    isFolder ? `mkdir -p ${at}` : `mkdir -p "$root"${quote(dirname(target))} && touch ${at}`,
    `mount --bind ${quote(source)} ${at}`,
    ...(isReadOnly ? [`mount -o remount,bind,ro ${at}`] : []),
  ]
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}
