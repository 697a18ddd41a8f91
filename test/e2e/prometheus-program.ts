import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Prometheus } from './ask-prometheus.js'
import { freePorts } from './collector-program.js'
import { stackBinary } from './stack-binary.js'

/** What is scraped: addresses by job; `otlp` keeps the labels that its series bring. */
export type Targets = Readonly<Record<string, readonly string[]>>

/** What is started: a program and the flags that only it has. */
export interface PrometheusBinary {
  readonly file: string
  readonly flags: readonly string[]
}

/** A real Prometheus with exemplars, scraping each second. */
export class PrometheusProgram {
  readonly url: string
  readonly api: Prometheus
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.api = new Prometheus(url)
    this.#process = process
    this.#folder = folder
  }

  static async start(targets: Targets, binary?: PrometheusBinary): Promise<PrometheusProgram> {
    const { file, flags } = binary ?? ofTheStack()
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
      file,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--enable-feature=exemplar-storage',
        '--log.level=error',
        ...flags,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const program = new PrometheusProgram(`http://${address}`, child, folder)
    await program.#ready()
    return program
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

/** That of the stack, which takes metrics besides. */
function ofTheStack(): PrometheusBinary {
  return {
    file: stackBinary('prometheus'),
    flags: ['--web.enable-otlp-receiver', '--web.enable-remote-write-receiver'],
  }
}
