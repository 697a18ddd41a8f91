import { type Summary, sumByKey } from './summary.js'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** The samples of Prometheus's text format: what a scrape sees. */
function parse(text: string): Sample[] {
  return text.split('\n').flatMap(line => {
    const match = line.startsWith('#') ? null : SAMPLE.exec(line)
    if (match === null) return []
    const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, name, value]) => [name, value])
    return [{ name: match[1]!, labels: Object.fromEntries(labels), value: Number(match[3]) }]
  })
}

/**
 * What the metrics of execution say, from the text of its scrape endpoint alone.
 *
 * @param metricsUrl such as `http://127.0.0.1:9464/metrics`; `undefined` where the service has none
 */
export async function readMetrics(metricsUrl: string | undefined): Promise<Summary> {
  if (metricsUrl === undefined) return sumByKey([], [], [])
  const response = await fetch(metricsUrl)
  if (!response.ok) throw new Error(`${metricsUrl} answered ${response.status}: ${await response.text()}`)
  const samples = parse(await response.text())
  const of = (name: string) => samples.filter(sample => sample.name === name)
  return sumByKey(
    of('trading_orders_total').map(({ labels, value }) => [labels.trading_order_status!, value]),
    of('trading_executions_total')
      .filter(({ labels }) => labels.trading_execution_type === 'trade')
      .map(({ value }) => value),
    of('trading_execution_volume').map(({ labels, value }) => [labels.trading_instrument_symbol!, value]),
  )
}
