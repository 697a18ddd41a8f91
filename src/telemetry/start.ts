import { randomFill } from 'node:crypto'
import { isMainThread, threadId } from 'node:worker_threads'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { setCurrentWriter } from '../channel/current-writer.js'
import type { ReaderMessage } from '../channel/messages.js'
import { ChannelWriter } from '../channel/writer.js'
import { withoutOwnTraffic } from '../instrumentation/auto/own-traffic.js'
import { closeOpenTrackers } from '../order/open-trackers.js'
import { ccxtIncludes, describeCcxt, instrumentCcxt } from './ccxt-hook.js'
import { showDiagnostics } from './diagnostics.js'
import { findApiCopy, findSecondSdk } from './duplicates.js'
import { type DrainResult, sayWhatWasLost, watchExit } from './exit.js'
import { exportConfig } from './export-config.js'
import { ExportLink } from './export-link.js'
import { createInstrumentations } from './instrumentations.js'
import { startLoopExport } from './loop-export.js'
import { createObserver } from './observe.js'
import { createProviders, type Providers, registerProviders, unregisterProviders } from './providers.js'
import { applicationDirectory, detectResource, type ResourceAttributes } from './resource.js'
import { say, sayLine, sayOnce } from './said.js'
import { markForChildren, readSettings, type Settings } from './settings.js'
import { checkTelemetryOptions, type TelemetryOptions } from './settings-options.js'
import { redactedUrl } from './settings-otlp.js'
import { startLine } from './start-line.js'
import { startTelemetryThread } from './telemetry-thread.js'
import { joinRelay, openRelay, type RelayInvitation, relayInvitation } from './thread-relay.js'

export type { TelemetryOptions } from './settings-options.js'

/** Telemetry that runs. */
export interface Telemetry {
  /** Waits until a collector has everything recorded so far; rejects when it doesn't in time. */
  flush(): Promise<void>
  /** Delivers what there is, closes the scrape endpoint and takes the providers away. Never rejects. */
  shutdown(): Promise<void>
}

/** Shared by every copy of this package in a thread: the preload's and the application's may be two. */
const KEY = Symbol.for('orderscope.telemetry')
const registry = globalThis as { [KEY]?: Telemetry | undefined }

const BEAT_MS = 100
/** Nothing of the application has run for longer since its loop was empty. */
const STRAIGHT_AFTER_MS = 200
/** An application's worker thread has a smaller ring: there may be many of them. */
const THREAD_RING_BYTES = 1024 ** 2

/**
 * Starts telemetry: metrics on the scrape endpoint, traces and logs by OTLP, auto-instrumentations. What isn't
 * said in `options` comes from the environment. Modules that were imported before as ES modules stay
 * uninstrumented: the preload comes before them all.
 *
 * A second start gives back what runs already.
 *
 * @throws {TypeError} for a bad option
 * @example
 * const telemetry = startTelemetry({ serviceName: 'my-bot' })
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  checkTelemetryOptions(options)
  const running = registry[KEY]
  if (running !== undefined) {
    const names = Object.keys(options)
    if (names.length > 0)
      sayOnce(
        'started',
        `telemetry has been started before, so startTelemetry({ ${names.join(', ')} }) has no effect; write the settings as variables, or leave the preload out`,
      )
    return running
  }
  const settings = readSettings(options)
  for (const problem of settings.problems) say(problem)
  if (settings.disabled) return inert
  showDiagnostics(settings.logLevel)
  const invitation = isMainThread ? undefined : relayInvitation()
  const telemetry = invitation === undefined ? startHere(settings, options) : join(invitation, settings, options)
  registry[KEY] = telemetry
  return telemetry
}

const inert: Telemetry = { flush: async () => {}, shutdown: async () => {} }

/** In the main thread: everything. */
function startHere(settings: Settings, options: TelemetryOptions): Telemetry {
  sayConflicts()
  const resource = detectResource(settings)
  const writer = new ChannelWriter({ id: 0, ringBytes: settings.ringBytes, startTime: startTime() })
  let ending = false
  let said = false
  let ownPort: number | undefined
  const providers = createProviders({
    writer,
    settings,
    options,
    resource,
    flush: async () => {
      if (!ending) await link.flush(settings.exitTimeoutMs)
    },
  })
  const relay = openRelay(Math.min(settings.ringBytes, THREAD_RING_BYTES), message => link.post(message))
  const observe = createObserver(writer, providers.meterProvider, message => link.post(message))
  const onMessage = (message: ReaderMessage): void => {
    if (message.kind === 'observe') {
      observe(message)
      relay.broadcast(message)
    } else if ('ids' in message) {
      if (message.writer === writer.id) writer.receive(message)
      else relay.broadcast(message)
    } else if (message.kind === 'say') say(message.line)
    else if (message.kind === 'up') {
      if (message.endpoint !== undefined) ownPort = Number(new URL(message.endpoint).port)
      // a thread that was started again goes on where the last one was
      if (!said) sayStarted(settings, resource, message, link.place ?? 'thread')
      said = true
    }
  }
  const link = new ExportLink({
    writer,
    config: generation => exportConfig(settings, resource, generation, ownPort),
    startThread: startTelemetryThread,
    startInLoop: startLoopExport,
    threadWanted: settings.thread,
    othersDescribed: () => relay.described,
    onMessage,
  })
  if (settings.threadNiceness > 0) touchThreadPool()
  // a thread starts while instrumentations load here
  if (settings.thread) link.start()
  setCurrentWriter(writer)
  registerProviders(providers, settings)
  const undoInstrumentations = instrument(settings, options, providers, () =>
    link.place === 'loop' ? ownPort : undefined,
  )
  if (!settings.thread) link.start()
  if (settings.exporters.metrics.includes('prometheus')) markForChildren(settings.prometheus.port)
  const heart = setInterval(() => writer.control.beat(), BEAT_MS)
  heart.unref()
  const told = (result: DrainResult): DrainResult => ({
    ...result,
    reason: result.reason || collectors(settings),
    before: writer.control.losses,
  })
  let failedFlush: { readonly began: number; readonly ended: number } | undefined
  // the end of the loop and the end of the process share one bound, unless the application went on in between
  const waitedInLoop = (): number => {
    if (failedFlush === undefined || performance.now() - failedFlush.ended > STRAIGHT_AFTER_MS) return 0
    return failedFlush.ended - failedFlush.began
  }
  const drain = (boundMs: number): DrainResult => {
    attempt(closeOpenTrackers)
    return told(link.drain(boundMs - waitedInLoop()))
  }
  const unwatch = watchExit({ drain, boundMs: settings.exitTimeoutMs })
  // in the loop there is no other moment to wait for the collector without a thread
  const onBeforeExit = (): void => {
    if (link.place !== 'loop') return
    const began = performance.now()
    link.flush(settings.exitTimeoutMs).catch(() => {
      failedFlush = { began, ended: performance.now() }
    })
  }
  process.once('beforeExit', onBeforeExit)

  const stop = async (): Promise<void> => {
    attempt(closeOpenTrackers)
    unwatch()
    process.removeListener('beforeExit', onBeforeExit)
    for (const undo of undoInstrumentations) attempt(undo)
    await settle(providers.tracerProvider.shutdown())
    await settle(providers.loggerProvider.shutdown())
    const result = await link.shutdown(settings.exitTimeoutMs)
    sayWhatWasLost(told(result), settings.exitTimeoutMs)
    clearInterval(heart)
    relay.close()
    unregisterProviders()
    setCurrentWriter(undefined)
    registry[KEY] = undefined
  }
  let stopped: Promise<void> | undefined
  return {
    flush: () => link.flush(settings.exitTimeoutMs),
    shutdown: () => {
      ending = true
      stopped ??= stop()
      return stopped
    },
  }
}

/** In a worker thread of an application whose main thread has telemetry: series and rings of its own, no more. */
function join(invitation: RelayInvitation, settings: Settings, options: TelemetryOptions): Telemetry {
  const resource = detectResource(settings)
  const writer = new ChannelWriter({ id: threadId, ringBytes: invitation.ringBytes, startTime: startTime() })
  const providers = createProviders({ writer, settings, options, resource, flush: async () => {} })
  const observe = createObserver(writer, providers.meterProvider, message => relay.post(message))
  const relay = joinRelay(invitation, message => {
    if (message.kind === 'observe') observe(message)
    else writer.receive(message)
  })
  writer.attach(message => relay.post(message))
  setCurrentWriter(writer)
  registerProviders(providers, settings)
  instrument(settings, options, providers, () => undefined)
  return {
    flush: async () => {},
    async shutdown() {
      closeOpenTrackers()
      relay.close()
      unregisterProviders()
      setCurrentWriter(undefined)
      registry[KEY] = undefined
    },
  }
}

function instrument(
  settings: Settings,
  options: TelemetryOptions,
  { tracerProvider, meterProvider, loggerProvider }: Providers,
  ownPort: () => number | undefined,
): readonly (() => void)[] {
  try {
    const upstreamOff = options.instrumentations === false
    const ccxtWanted = settings.instrumentations.has('ccxt')
    const instrumentations = createInstrumentations({
      enabled: upstreamOff ? new Set() : settings.instrumentations,
      configs: withoutOwnTraffic(options.instrumentations || {}, ownPort),
      additional: options.additionalInstrumentations ?? [],
      ...(ccxtWanted ? { include: ccxtIncludes() } : {}),
    })
    registerInstrumentations({
      instrumentations,
      tracerProvider,
      meterProvider,
      loggerProvider: loggerProvider as never,
    })
    return [
      ...instrumentations.map(each => () => each.disable()),
      ...(ccxtWanted ? [instrumentCcxt(applicationDirectory())] : []),
    ]
  } catch (error) {
    sayOnce(
      'instrumentations',
      `nothing is instrumented by itself (${firstLine(error)}); orders and your own spans and metrics are recorded`,
    )
    return []
  }
}

function sayConflicts(): void {
  for (const conflict of [findSecondSdk(), findApiCopy(applicationDirectory())]) {
    if (conflict !== undefined) sayOnce(conflict.topic, conflict.sentence)
  }
}

function sayStarted(
  settings: Settings,
  resource: ResourceAttributes,
  up: { readonly endpoint: string | undefined; readonly startMs: number },
  place: 'thread' | 'loop',
): void {
  if (settings.quiet) return
  const ccxt = settings.instrumentations.has('ccxt') ? describeCcxt(applicationDirectory()) : undefined
  const notes = ccxt === undefined ? [] : [ccxt]
  const facts = { serviceName: String(resource['service.name']), ...up, place, notes }
  sayLine(startLine(settings, facts))
}

/** Where what is left should have gone. */
function collectors(settings: Settings): string {
  const wanted = (['traces', 'logs', 'metrics'] as const).filter(signal =>
    (settings.exporters[signal] as readonly string[]).includes('otlp'),
  )
  const origins = wanted.map(signal => redactedUrl(new URL('/', settings.otlp[signal].url).href))
  return [...new Set(origins)].join(', ')
}

/**
 * libuv's pool takes the niceness of the thread that first uses it, for the whole process; the telemetry thread
 * must not be the first (the application's crypto ran 70 times slower).
 */
function touchThreadPool(): void {
  randomFill(Buffer.alloc(1), () => {})
}

/** Milliseconds since 1970 at which the series of this thread begin. */
function startTime(): number {
  return performance.timeOrigin + performance.now()
}

/** What Node can't resolve it tells with a whole stack of modules. */
function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split('\n', 1)[0]!
}

async function settle(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch {
    // a processor of the user's; what matters is told by the drain
  }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // what can't be undone stays; the rest of the end goes on
  }
}
