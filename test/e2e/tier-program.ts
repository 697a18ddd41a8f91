import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stackBinary } from './stack-binary.js'

/**
 * A collector with a file of deploy/scale-out, unchanged, on an address of the loopback of its own. It knows names by a
 * hosts file of its own, in a namespace of its own: one name may have several addresses, as a headless service has.
 */
export class TierProgram {
  readonly address: string
  readonly #process: ChildProcess
  readonly #state: string

  private constructor(address: string, process: ChildProcess, state: string) {
    this.address = address
    this.#process = process
    this.#state = state
  }

  static async start(
    files: readonly string[],
    address: string,
    hosts: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<TierProgram> {
    const state = await mkdtemp(join(tmpdir(), 'orderscope-tier-'))
    const inside = ['mount', '--bind', hosts, '/etc/hosts', '&&', 'exec', '"$0"', '"$@"'].join(' ')
    const child = spawn(
      'unshare',
      [
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        inside,
        stackBinary('otelcol-contrib'),
        ...files.map(file => `--config=${file}`),
      ],
      {
        // Go's own resolver reads /etc/hosts with all addresses of a name
        env: { PATH: process.env.PATH, GODEBUG: 'netdns=go', LISTEN: address, STATE: state, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.on('data', piece => {
      said += piece
    })
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) throw new Error(`${files} ended with ${child.exitCode}: ${said}`)
      const response = await fetch(`http://${address}:13133/`).catch(() => undefined)
      await response?.arrayBuffer()
      if (response?.ok) return new TierProgram(address, child, state)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    child.kill('SIGKILL')
    throw new Error(`${files} was not healthy within 30 s: ${said}`)
  }

  /** Sends OTLP as JSON; the status of the answer. */
  async send(signal: 'traces' | 'logs' | 'metrics', body: object): Promise<number> {
    const response = await fetch(`http://${this.address}:4318/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return response.status
  }

  /** What the collector says of itself. */
  async metrics(): Promise<string> {
    return (await fetch(`http://${this.address}:8888/metrics`)).text()
  }

  async remove(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM')
      await once(this.#process, 'exit')
    }
    await rm(this.#state, { recursive: true, force: true })
  }
}
