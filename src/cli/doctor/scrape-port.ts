import { createServer } from 'node:net'
import { findPortHolder } from '../../export/prometheus/port-holder.js'
import type { Settings } from '../../telemetry/settings.js'
import { httpGet } from '../http-get.js'
import type { Finding } from './finding.js'

const TIMEOUT_MS = 2000
const check = 'scrape port'

/** Whether metrics can be served where the settings say. */
export async function checkScrapePort({ exporters, prometheus, portHolder }: Settings): Promise<Finding> {
  if (!exporters.metrics.includes('prometheus')) {
    return { check, status: 'ok', text: 'metrics are not served (OTEL_METRICS_EXPORTER)' }
  }
  const { host } = prometheus
  if (prometheus.port === 0) {
    const why = portHolder === undefined ? 'port 0 is set' : `pid ${portHolder}, which started this one, has its port`
    return { check, status: 'note', text: `metrics are served on any free port: ${why}; the start-up line says which` }
  }
  const at = `${host.includes(':') ? `[${host}]` : host}:${prometheus.port}`
  const error = await listenError(host, prometheus.port)
  if (error === undefined) return { check, status: 'ok', text: `${at} is free for /metrics` }
  if (error === 'EADDRINUSE') return taken(host, prometheus.port, at)
  const cure =
    error === 'EACCES'
      ? 'ports below 1024 are for the system; write OTEL_EXPORTER_PROMETHEUS_PORT=9464'
      : 'write OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1, or 0.0.0.0 for every address of this machine'
  return { check, status: 'wrong', text: `nothing can listen on ${at} (${error})`, cure }
}

async function taken(host: string, port: number, at: string): Promise<Finding> {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  const pid = await orderscopePid(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`)
  const free = port === 65_535 ? port - 1 : port + 1
  const cure = `end it, or write OTEL_EXPORTER_PROMETHEUS_PORT=${free} (0: any free one)`
  if (pid !== undefined) {
    const text = `${at} is served by a process with orderscope, pid ${pid}; another one waits until it is free`
    return { check, status: 'note', text, cure: `if that isn't the bot you mean: ${cure}` }
  }
  const holder = (await findPortHolder(port)) ?? 'by a process that this user may not see'
  const who = holder.startsWith('pid') ? `by ${holder}` : holder
  return { check, status: 'wrong', text: `${at} is taken ${who}: metrics are served as soon as it is free`, cure }
}

/** Error code of trying to listen; `undefined` when it can be done. */
function listenError(host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function orderscopePid(base: string): Promise<number | undefined> {
  try {
    const { text } = await httpGet(`${base}/healthz`, AbortSignal.timeout(TIMEOUT_MS))
    const { details } = JSON.parse(text) as { details?: { pid?: unknown } }
    return typeof details?.pid === 'number' ? details.pid : undefined
  } catch {
    return undefined
  }
}
