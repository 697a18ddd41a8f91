import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { performance } from 'node:perf_hooks'

/** Milliseconds of processor time that the main thread has used; by the loop's own account where the system tells none. */
export function loopCpuMs(): number {
  if (process.platform !== 'linux') return performance.eventLoopUtilization().active
  // nanoseconds on a processor come first: https://docs.kernel.org/scheduler/sched-stats.html
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6
}

/** Milliseconds of processor time of all threads of this process. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Calls `act` `perSecond` times a second, `count` times in all, in small groups, as work comes in. What a machine that
 * was busy elsewhere kept it from isn't made up for: a burst would be another work, which some of the peers can't take.
 */
export async function paced(count: number, perSecond: number, act: (index: number) => void): Promise<void> {
  const group = Math.ceil(perSecond / 20)
  let started = performance.now()
  let done = 0
  while (done < count) {
    const due = Math.min(count, Math.floor(((performance.now() - started) / 1000) * perSecond))
    const late = due - done - group
    if (late > 0) started += (late / perSecond) * 1000
    for (let left = Math.min(group, due - done); left > 0; left--) act(done++)
    if (done < count) await new Promise(resolve => setTimeout(resolve, 5))
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

/** A port of the loopback that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
