import type { ExportConfig } from '../channel/export-config.js'
import type { RingMemory } from '../channel/lanes.js'
import type { ReaderMessage, WriterMessage } from '../channel/messages.js'
import type { ChannelWriter } from '../channel/writer.js'
import type { DrainResult } from './exit.js'
import type { ExportHost, StartExportHost } from './export-host.js'
import { countRecords } from './ring-count.js'
import { say, sayOnce } from './said.js'

/** What the link needs to know of its surroundings. */
export interface ExportLinkOptions {
  readonly writer: ChannelWriter
  /** Configuration of the n-th start of the reading end. */
  readonly config: (generation: number) => ExportConfig
  /** Starts a telemetry thread; throws when there can't be one. */
  readonly startThread: StartExportHost
  readonly startInLoop: StartExportHost
  /** `false`: the work is done in the loop from the beginning. */
  readonly threadWanted: boolean
  /** Everything that other threads of the application have described, for a reader that starts anew. */
  readonly othersDescribed: () => readonly WriterMessage[]
  readonly onMessage: (message: ReaderMessage) => void
}

/** After so many starts that never reported up the work goes on in the loop. */
const FRUITLESS_STARTS = 3
const FIRST_RESTART_MS = 20
const LONGEST_RESTART_MS = 5000
/** A thread that was up for so long died of something else than its start. */
const STEADY_MS = 30_000
const POLL_MS = 5

/**
 * The way from this thread to whoever reads the channel: a telemetry thread, started again when it dies, or the
 * same code in the loop.
 */
export class ExportLink {
  readonly #options: ExportLinkOptions
  #host: ExportHost | undefined
  #generation = 0
  #fruitless = 0
  #restarts = 0
  #restartTimer: NodeJS.Timeout | undefined
  #threadPossible = true
  #startedAt = 0
  #rings: RingMemory | undefined
  #ended: 'no' | 'ending' | 'yes' = 'no'

  constructor(options: ExportLinkOptions) {
    this.#options = options
  }

  get place(): 'thread' | 'loop' | undefined {
    return this.#host?.place
  }

  start(): void {
    if (this.#options.threadWanted) this.#startThread()
    else this.#startInLoop()
  }

  /** Hands a message to the reading end; while there is none it is dropped (descriptors are said again). */
  post(message: WriterMessage): void {
    this.#host?.post(message)
  }

  /** Waits for delivery without holding the loop; rejects when not everything was taken in time. */
  async flush(boundMs: number): Promise<void> {
    this.#requestDrain()
    const result = await this.#answer(boundMs)
    if (!result.delivered) throw new Error(`orderscope: not everything was delivered within ${boundMs} ms`)
  }

  /** Waits for delivery and holds the loop: the process is about to end. */
  drain(boundMs: number): DrainResult {
    if (this.#ended === 'yes') return { delivered: true, lostSpans: 0, lostLogs: 0 }
    // nothing runs in the loop any more, so only a thread can deliver
    if (this.#host?.place !== 'thread' && boundMs > 0) this.#startLastThread()
    // without waiting the reader's figures are those of an earlier drain
    if (this.#host?.place !== 'thread' || boundMs <= 0) return this.#undelivered()
    this.#requestDrain()
    const { answered, ...result } = this.#options.writer.control.requestDrain(boundMs)
    return answered || result.lostSpans + result.lostLogs > 0 ? result : this.#undelivered()
  }

  /** Delivers, closes the endpoint and ends the thread. */
  async shutdown(boundMs: number): Promise<DrainResult> {
    if (this.#ended !== 'no') return { delivered: true, lostSpans: 0, lostLogs: 0 }
    this.#ended = 'ending'
    clearTimeout(this.#restartTimer)
    this.#requestDrain()
    const result = await this.#answer(boundMs)
    const host = this.#host
    await host?.end(boundMs)
    this.#host = undefined
    this.#options.writer.detach()
    this.#ended = 'yes'
    return result
  }

  get #isUp(): boolean {
    return this.#options.writer.control.readerGeneration === this.#generation
  }

  #startThread(): void {
    try {
      this.#attach(this.#options.startThread)
    } catch (error) {
      this.#threadPossible = false
      this.#startInLoop((error as Error).message)
    }
  }

  #startInLoop(reason?: string): void {
    if (reason !== undefined)
      sayOnce('loop', `no telemetry thread (${reason}); telemetry runs in the application's loop instead`)
    try {
      this.#attach(this.#options.startInLoop)
    } catch (error) {
      say(`telemetry can't be exported (${(error as Error).message}); the application runs without it`)
    }
  }

  /** A thread at the very end, where the loop did the work until now or the thread has just died. */
  #startLastThread(): void {
    if (!this.#threadPossible || this.#undelivered().delivered) return
    clearTimeout(this.#restartTimer)
    const before = this.#host
    try {
      // without endpoint: its port may be the loop's, and nobody scrapes a process that has ended
      this.#attach(({ prometheus: _, ...config }, events) => this.#options.startThread(config, events))
    } catch {
      this.#host = before
    }
  }

  #attach(start: StartExportHost): void {
    this.#generation++
    this.#startedAt = performance.now()
    const generation = this.#generation
    this.#host = start(this.#options.config(generation), {
      onMessage: message => {
        if (message.kind === 'replay') this.#describe()
        else this.#options.onMessage(message)
      },
      onEnd: reason => {
        if (generation === this.#generation) this.#onThreadEnd(reason)
      },
    })
    this.#describe()
  }

  /** Tells the reading end everything that it has to know. */
  #describe(): void {
    const host = this.#host
    if (host === undefined) return
    this.#options.writer.attach(message => {
      if (message.kind === 'writer') this.#rings = message.rings
      host.post(message)
    })
    for (const message of this.#options.othersDescribed()) host.post(message)
  }

  #onThreadEnd(reason: string): void {
    const wasUp = this.#isUp
    this.#host = undefined
    this.#options.writer.detach()
    if (this.#ended !== 'no') return
    this.#fruitless = wasUp ? 0 : this.#fruitless + 1
    if (performance.now() - this.#startedAt > STEADY_MS) this.#restarts = 0
    if (this.#fruitless >= FRUITLESS_STARTS) {
      this.#startInLoop(`it ended ${FRUITLESS_STARTS} times before it was up: ${reason}`)
      return
    }
    if (wasUp) sayOnce('restart', `the telemetry thread ended (${reason}) and is started again; nothing is lost`)
    const delay = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(this.#restarts++, 10))
    this.#restartTimer = setTimeout(() => this.#startThread(), delay)
    this.#restartTimer.unref()
  }

  #requestDrain(): void {
    const { writer } = this.#options
    writer.control.beginDrain()
    this.post({ kind: 'drain', writer: writer.id })
  }

  #answer(boundMs: number): Promise<DrainResult> {
    const { control } = this.#options.writer
    const deadline = performance.now() + boundMs
    return new Promise(resolve => {
      const look = (): void => {
        const { answered, ...result } = control.requestDrain(0)
        if (!answered && performance.now() < deadline) return
        clearInterval(timer)
        resolve(answered || result.lostSpans + result.lostLogs > 0 ? result : this.#undelivered())
      }
      // it holds the process, for no longer than the bound: somebody awaits the delivery
      const timer = setInterval(look, POLL_MS)
      look()
    })
  }

  /** For a reader that didn't get as far as counting. */
  #undelivered(): DrainResult {
    const { spans, logs } = countRecords(this.#rings)
    const { otlp, consoleMetrics } = this.#options.config(this.#generation)
    const metricsToo = otlp.metrics !== undefined || consoleMetrics === true
    // of the attempt before, if there was one
    const { reason } = this.#options.writer.control.requestDrain(0)
    return { delivered: spans + logs === 0 && !metricsToo, lostSpans: spans, lostLogs: logs, reason }
  }
}
