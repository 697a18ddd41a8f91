/*
 * Runs the services. It is started by stack.mjs as the first process of namespaces of its own: whatever ends it, Linux
 * ends all that it started. It ends by itself when the process that started it is gone.
 */
import { join } from 'node:path'
import { forward } from './forward.mjs'
import { createNetwork } from './network.mjs'
import { Service } from './service.mjs'

const services = new Map()
const forwards = new Map()
let network
let run

const requests = {
  async begin({ plan, gateway, folder }) {
    run = folder
    network = createNetwork(gateway, plan.services)
    for (const service of plan.services) services.set(service.name, new Service(service, network, run))
  },
  /** Starts services, each when those among them that it depends on are as far as it wants. */
  async start({ names }) {
    const wanted = names.map(name => services.get(name))
    await Promise.all(
      wanted.map(async service => {
        const { dependencies, health } = service.plan
        const own = dependencies.filter(({ on }) => names.includes(on))
        await Promise.all(own.map(({ on, condition }) => services.get(on).reached(condition)))
        service.start()
        await service.reached(health === undefined ? 'service_started' : 'service_healthy')
      }),
    )
  },
  async stop({ name }) {
    await services.get(name).stop()
  },
  async kill({ name, signal }) {
    services.get(name).kill(signal)
  },
  async connect({ name, isConnected }) {
    network.connect(name, isConnected)
  },
  async states() {
    return Object.fromEntries([...services].map(([name, { state, pid }]) => [name, { state, pid }]))
  },
  /** From a socket file to a port of a service. */
  async enter({ name, port }) {
    const path = join(run, `${name}-${port}.sock`)
    if (!forwards.has(path))
      forwards.set(path, await forward({ path }, { host: services.get(name).plan.address, port }))
    return path
  },
  /** From a port that the services find at the machine's address to a socket file. */
  async leave({ address, port, path }) {
    forwards.set(path, await forward({ host: address, port }, { path }))
  },
}

async function end() {
  for (const { close } of forwards.values()) close()
  await Promise.all([...services.values()].map(service => service.stop()))
  process.exit(0)
}

process.on('message', async ({ id, request, ...rest }) => {
  try {
    const answer = await requests[request](rest)
    process.send?.({ id, answer })
  } catch (error) {
    process.send?.({ id, error: error.message })
  }
})
process.once('disconnect', end)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
