import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Environment } from './service-environment.js'

export interface ServiceDefinition {
  readonly name: string
  /** Beside this file, without extension. */
  readonly script: string
  readonly args: readonly string[]
  /** That of this process, if not given. */
  readonly env?: Environment
  /** A module for `--import`. */
  readonly preload?: string
}

/** The line that telemetry writes when it serves metrics. */
const START_LINE = /^orderscope \S+ .*?metrics (http:\/\/\S+)/
const END_TIMEOUT_MS = 10_000

/** One service of the desk in a process of its own. */
export class ServiceProcess {
  readonly name: string
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #listening: Promise<string>
  /** Settles when the service says that it has nothing left to do. */
  readonly done: Promise<void>
  /** Rejects when the service ends before it was told to; never settles otherwise. */
  readonly failed: Promise<never>
  /** Where it serves its metrics, once its telemetry has said so. */
  metricsUrl: string | undefined
  #ending = false

  constructor(definition: ServiceDefinition) {
    const { name, script, args, env, preload } = definition
    const flags = preload ? ['--import', preload] : []
    this.name = name
    this.#child = spawn(process.execPath, [...flags, `${import.meta.dirname}/${script}.js`, ...args], {
      // Here a bare `--import orderscope/register` finds the package.
      cwd: import.meta.dirname,
      env: { ...(env ?? process.env) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C reaches the desk alone, which then ends its services in order.
      detached: true,
    })
    this.#exited = once(this.#child, 'exit')
    this.#forward(this.#child.stdout!)
    this.#forward(this.#child.stderr!)
    this.failed = this.#exited.then(() => {
      if (this.#ending) return new Promise<never>(() => {})
      throw new Error(`${name} ended by itself (${this.#child.signalCode ?? `exit code ${this.#child.exitCode}`})`)
    })
    // Whoever waits for it is told; nobody need wait.
    this.failed.catch(() => {})
    this.#listening = this.#told('listening')
    this.done = this.#told('done').then(() => {})
  }

  /** The address that the service says it listens on. */
  listening(): Promise<string> {
    return Promise.race([this.#listening, this.failed])
  }

  async end(): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS)
    await this.#exited
    clearTimeout(timer)
  }

  #told(key: string): Promise<string> {
    return new Promise(resolve => {
      this.#child.on('message', message => {
        if (key in Object(message)) resolve((message as Record<string, string>)[key]!)
      })
    })
  }

  #forward(output: NodeJS.ReadableStream): void {
    createInterface(output).on('line', line => {
      const metricsUrl = START_LINE.exec(line)?.[1]
      // The desk says it in its own place.
      if (metricsUrl === undefined) console.error(`${this.name.padEnd(11)} ${line}`)
      else this.metricsUrl = metricsUrl
    })
  }
}
