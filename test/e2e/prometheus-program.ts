import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, stackBinary } from './collector-program.js'

/** What is scraped: addresses by job; `otlp` keeps the labels that its series bring. */
export type Targets = Readonly<Record<string, readonly string[]>>

/** The real Prometheus, with exemplars and its own OTLP receiver, scraping each second. */
export class PrometheusProgram {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  static async start(targets: Targets): Promise<PrometheusProgram> {
    const folder = await mkdtemp(join(tmpdir(), 'orderscope-prometheus-'))
    const [port] = await freePorts(1)
    const address = `127.0.0.1:${port}`
    const jobs = Object.entries({ ...targets, prometheus: [address] }).map(([job, addresses]) => ({
      job_name: job,
      honor_labels: job === 'otlp',
      static_configs: [{ targets: addresses }],
    }))
    const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs }
    // YAML is a superset of JSON
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
    const child = spawn(
      stackBinary('prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--web.enable-otlp-receiver',
        '--web.enable-remote-write-receiver',
        '--enable-feature=exemplar-storage',
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const program = new PrometheusProgram(`http://${address}`, child, folder)
    await program.#ready()
    return program
  }

  /** The series of a query now. */
  async query(query: string): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`)
    const answer = (await response.json()) as { status: string; error?: string; data: { result: never[] } }
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`)
    return answer.data.result
  }

  /** Trace ids of the exemplars of a query, of the last ten minutes. */
  async exemplars(query: string): Promise<readonly string[]> {
    const now = Date.now() / 1000
    const parameters = { query, start: String(now - 600), end: String(now) }
    const response = await fetch(`${this.url}/api/v1/query_exemplars?${new URLSearchParams(parameters)}`)
    const { data } = (await response.json()) as { data: { exemplars: { labels: Record<string, string> }[] }[] }
    return data.flatMap(({ exemplars }) => exemplars).flatMap(({ labels }) => labels.trace_id ?? [])
  }

  async remove(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM')
      await once(this.#process, 'exit')
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if (this.#process.exitCode !== null) throw new Error(`prometheus ended with ${this.#process.exitCode}`)
      const response = await fetch(`${this.url}/-/ready`).catch(() => undefined)
      await response?.arrayBuffer()
      if (response?.ok) return
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    await this.remove()
    throw new Error('prometheus was not ready within 30 s')
  }
}
