import { spawn } from 'node:child_process'

/**
 * Runs a service's health check again and again, as Docker does.
 *
 * @param enter the command by which something runs in the service's namespaces
 * @param report is told `true` or `false` whenever that changes
 */
export function watchHealth(
  { command, intervalMs, startIntervalMs, startPeriodMs, timeoutMs, retries },
  enter,
  report,
) {
  const start = Date.now()
  let isEnded = false
  let isHealthy
  let failures = 0
  let timer
  const check = () => {
    const [file, ...args] = [...enter, ...command]
    const child = spawn(file, args, { stdio: 'ignore' })
    const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.once('error', () => {})
    child.once('close', code => {
      clearTimeout(limit)
      if (isEnded) return
      const isStarting = isHealthy === undefined && Date.now() - start < startPeriodMs
      failures = code === 0 ? 0 : failures + (isStarting ? 0 : 1)
      const now = code === 0 ? true : failures >= retries ? false : isHealthy
      if (now !== isHealthy) report(now)
      isHealthy = now
      timer = setTimeout(check, isHealthy === undefined ? startIntervalMs : intervalMs)
    })
  }
  timer = setTimeout(check, startIntervalMs)
  return () => {
    isEnded = true
    clearTimeout(timer)
  }
}
