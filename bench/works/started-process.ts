/*
 * An application that does nothing: how long the main thread was kept before its first line and in the second after
 * it, and the memory then.
 */
const reached = performance.now()
setTimeout(() => {
  const later = performance.eventLoopUtilization().active
  const megabytes = process.memoryUsage().rss / 2 ** 20
  console.log(JSON.stringify({ milliseconds: reached + later, megabytes }))
  process.exit(0)
}, 1000)
