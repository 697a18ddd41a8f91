import { execFileSync } from 'node:child_process'

/** The bridge that stands for a network of Docker's; this runs in a network namespace of its own. */
const BRIDGE = 'orderscope0'

/** A network for the services: each gets a namespace with an address of its own, as a container has. */
export function createNetwork(gateway, services) {
  // names of network namespaces are kept there, and the machine's own are none of ours
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', BRIDGE, 'type', 'bridge')
  ip('address', 'add', `${gateway}/24`, 'dev', BRIDGE)
  ip('link', 'set', BRIDGE, 'up')
  services.forEach(({ name, address }, index) => {
    ip('netns', 'add', name)
    ip('link', 'add', link(index), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('link', 'set', link(index), 'master', BRIDGE, 'up')
    ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'route', 'add', 'default', 'via', gateway)
  })
  return {
    /** The file of the namespace, for `nsenter --net`. */
    namespace: name => `/run/netns/${name}`,
    /** Pulls the service's cable out, or puts it in again. */
    connect(name, isConnected) {
      const index = services.findIndex(service => service.name === name)
      ip('link', 'set', link(index), isConnected ? 'up' : 'down')
    },
  }
}

function link(index) {
  return `orderscope-v${index}`.slice(0, 15)
}

function ip(...args) {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
