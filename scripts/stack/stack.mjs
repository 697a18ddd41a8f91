import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCompose } from './compose.mjs'
import { ROOT } from './folders.mjs'
import { forward } from './forward.mjs'
import { requireNamespaces, spawnSupervisor } from './namespaces.mjs'
import { GATEWAY, planStack } from './plan.mjs'

/**
 * Makes a stack of the services of docker-compose.yml, from programs of this machine in place of containers. Nothing
 * runs until `start`.
 *
 * @param options.profiles of docker-compose.yml
 * @param options.environment in place of the shell's, for what docker-compose.yml takes from there
 * @param options.machineNames further names by which the services find this machine
 * @param options.changes of a test, by service
 */
export async function createStack({ profiles, environment, machineNames, changes } = {}) {
  requireNamespaces()
  const run = mkdtempSync(join(tmpdir(), 'orderscope-stack-'))
  const plan = planStack(readCompose(ROOT, { profiles, environment }), { folder: ROOT, run, machineNames, changes })
  const supervisor = spawnSupervisor()
  const exited = once(supervisor, 'exit')
  const ask = createAsk(supervisor)
  const ports = new Map()
  const open = []

  /** A port of this machine that leads to a port of a service. */
  async function publish(name, port, at = { host: '127.0.0.1', port: 0 }) {
    const path = await ask('enter', { name, port })
    const near = await forward(at, { path })
    open.push(near)
    return near.port
  }

  await ask('begin', { plan, gateway: GATEWAY, folder: run })
  return {
    services: plan.services.map(({ name }) => name),
    /** Services that are to be had as images only. */
    skipped: plan.skipped,
    /** Settles when they are healthy, or started where there is no health check; all of them, if none is named. */
    start: (...names) => ask('start', { names: names.length === 0 ? plan.services.map(({ name }) => name) : names }),
    /** As `docker stop`. */
    stop: name => ask('stop', { name }),
    /** As a crash: it is started again. */
    kill: (name, signal = 'SIGKILL') => ask('kill', { name, signal }),
    /** Takes a service off the network, or back on it. */
    disconnect: name => ask('connect', { name, isConnected: false }),
    connect: name => ask('connect', { name, isConnected: true }),
    states: () => ask('states', {}),
    /** The folder of a named volume. */
    volume: name => join(run, 'volumes', name),
    log: name => readFileSync(join(run, `${name}.log`), 'utf8'),
    /** The ports of docker-compose.yml, on the addresses that stand there. */
    async publishAll() {
      for (const { name, ports: own } of plan.services) {
        for (const { host, published, target } of own) await publish(name, target, { host, port: published })
      }
    },
    /** Where a port of a service is reached from this machine. */
    async url(name, port) {
      const key = `${name}:${port}`
      if (!ports.has(key)) ports.set(key, await publish(name, port))
      return `http://127.0.0.1:${ports.get(key)}`
    },
    /** Leads a port of `host.docker.internal` to one of this machine. */
    async expose(port, local = port) {
      const path = join(run, `machine-${port}.sock`)
      open.push(await forward({ path }, { host: '127.0.0.1', port: local }))
      await ask('leave', { address: GATEWAY, port, path })
    },
    /** Settles when everything has ended. */
    async end() {
      for (const { close } of open) close()
      if (supervisor.connected) supervisor.disconnect()
      await exited
      rmSync(run, { recursive: true, force: true })
    },
  }
}

/** Questions to the supervisor, each with its answer. */
function createAsk(supervisor) {
  const waiting = new Map()
  let last = 0
  supervisor.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(answer)
    else reject(new Error(error))
  })
  supervisor.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The supervisor of the stack has ended.'))
  })
  return (request, rest) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject })
      supervisor.send({ id: last, request, ...rest }, error => error && reject(error))
    })
}
