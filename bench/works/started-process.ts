import { readFileSync } from 'node:fs'

/*
 * An application that does nothing: processor time of its main thread until a second after its first line, and the
 * memory then. Node's own start is in it, which the side without a preload shows alone.
 */
setTimeout(() => {
  const milliseconds =
    process.platform === 'linux'
      ? Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6
      : performance.eventLoopUtilization().active
  const megabytes = process.memoryUsage().rss / 2 ** 20
  console.log(JSON.stringify({ milliseconds, megabytes }))
  process.exit(0)
}, 1000)
