import { connect, createServer } from 'node:net'

/**
 * Takes connections at one place and hands them on to another. A socket file is seen from every network namespace, an
 * address is not: two forwarders, one on each side, lead a port from one into the other.
 *
 * @param from and @param to `{ host, port }` or `{ path }`
 * @returns the port that it listens on, and an end
 */
export function forward(from, to) {
  const open = new Set()
  const server = createServer({ allowHalfOpen: true }, near => {
    const far = connect({ ...to, allowHalfOpen: true })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroySoon()
      })
      socket.pipe(other)
    }
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(from, () => {
      resolve({
        port: server.address().port,
        close() {
          server.close()
          for (const socket of open) socket.destroy()
        },
      })
    })
  })
}
