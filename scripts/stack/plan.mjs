import { join } from 'node:path'
import { programOf } from './programs.mjs'

/** Addresses of a network that no machine is reached by: they exist in the stack's own namespace only. */
const NETWORK = '172.31.253'
export const GATEWAY = `${NETWORK}.1`
/** Where a container finds the machine that Docker runs on. */
const MACHINE = 'host-gateway'

/**
 * What has to be run in place of the containers: for every service its program, arguments, files, address and the
 * names by which it finds the others.
 *
 * @param run the folder of this run, for named volumes
 * @param machineNames further names by which the services find the machine
 * @param changes of a test, by service: environment that is added, arguments that are appended, files that are mounted
 */
export function planStack(services, { folder, run, machineNames = [], changes = {} }) {
  const skipped = []
  const placed = []
  for (const service of services) {
    const program = programOf(service)
    if (program === undefined) skipped.push(service)
    else placed.push({ service, program, address: `${NETWORK}.${placed.length + 2}` })
  }
  const isPlaced = name => placed.some(({ service }) => service.name === name)
  const names = placed.map(({ service, address }) => `${address} ${[service.name, ...service.aliases].join(' ')}`)
  const plans = placed.map(({ service, program, address }) => {
    const { environment = {}, command = [], mounts = [] } = changes[service.name] ?? {}
    const volumes = service.volumes.map(({ source, target, isNamed, isReadOnly }) => {
      return { source: isNamed ? join(run, 'volumes', source) : join(folder, source), target, isNamed, isReadOnly }
    })
    return {
      name: service.name,
      address,
      file: program.file,
      folder: program.folder,
      arguments: [...service.command, ...command],
      environment: { ...service.environment, ...environment },
      mounts: [...program.mounts.map(readOnly), ...volumes, ...mounts.map(readOnly)],
      hosts: [
        '127.0.0.1 localhost',
        ...names,
        ...machineNames.map(host => `${GATEWAY} ${host}`),
        ...service.extraHosts.map(([host, at]) => `${at === MACHINE ? GATEWAY : at} ${host}`),
      ],
      dependencies: service.dependencies.filter(({ on }) => isPlaced(on)),
      ports: service.ports,
      health: service.health,
      restarts: service.restarts,
      graceMs: service.graceMs,
    }
  })
  return { services: plans, skipped: skipped.map(({ name, image }) => ({ name, image })) }
}

function readOnly(mount) {
  return { ...mount, isReadOnly: true }
}
