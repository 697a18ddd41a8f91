import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { watchHealth } from './health.mjs'
import { writeStart } from './root-folder.mjs'

/** As Docker waits before it starts a container again. */
const RESTART_MS = 250

/** One service of the stack: a process in namespaces of its own. */
export class Service {
  #plan
  #script
  #namespace
  #log
  #child
  #health
  #isWanted = false
  #waiting = []
  #exited = Promise.resolve()
  state = 'stopped'

  constructor(plan, network, run) {
    this.#plan = plan
    this.#namespace = network.namespace(plan.name)
    this.#script = writeStart(plan, run)
    this.#log = openSync(join(run, `${plan.name}.log`), 'a')
  }

  get plan() {
    return this.#plan
  }

  /** Its process as this namespace sees it; 0 while there is none. */
  get pid() {
    return this.#child?.pid ?? 0
  }

  start() {
    this.#isWanted = true
    if (this.#child !== undefined) return
    const stdio = ['ignore', this.#log, this.#log]
    const child = spawn('nsenter', [`--net=${this.#namespace}`, 'unshare', '--mount', '/bin/sh', this.#script], {
      stdio,
    })
    this.#child = child
    this.#tell('started')
    this.#exited = new Promise(resolve => {
      child.once('error', resolve)
      child.once('close', resolve)
    }).then(() => this.#ended())
    if (this.#plan.health === undefined) return
    const enter = ['nsenter', `--net=${this.#namespace}`, '--']
    this.#health = watchHealth(this.#plan.health, enter, isHealthy => this.#tell(isHealthy ? 'healthy' : 'unhealthy'))
  }

  /** Ends it as `docker stop` does: asked first, and after its grace period not asked any more. */
  async stop() {
    this.#isWanted = false
    this.#child?.kill('SIGTERM')
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), this.#plan.graceMs)
    await this.#exited
    clearTimeout(timer)
  }

  /** A signal to its process; if that ends it, it is started again as its `restart` says. */
  kill(signal) {
    this.#child?.kill(signal)
  }

  /** Settles when it has started, or is healthy. */
  reached(condition) {
    const wanted = condition === 'service_healthy' ? 'healthy' : 'started'
    if (this.state === wanted || (wanted === 'started' && this.state === 'healthy')) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ wanted, resolve, reject }))
  }

  close() {
    closeSync(this.#log)
  }

  #ended() {
    this.#health?.()
    this.#child = undefined
    this.#tell('stopped')
    if (this.#isWanted && this.#plan.restarts) setTimeout(() => this.#isWanted && this.start(), RESTART_MS)
  }

  #tell(state) {
    this.state = state
    const isReached = wanted => wanted === state || (wanted === 'started' && state === 'healthy')
    for (const { resolve } of this.#waiting.filter(({ wanted }) => isReached(wanted))) resolve()
    this.#waiting = this.#waiting.filter(({ wanted }) => !isReached(wanted))
    if (state !== 'unhealthy') return
    for (const { reject } of this.#waiting) reject(new Error(`${this.#plan.name} is unhealthy`))
    this.#waiting = []
  }
}
