import { randomFill } from 'node:crypto'
import { isMainThread, threadId } from 'node:worker_threads'
import { dropIndex } from '../channel/control-block.js'
import { setCurrentWriter } from '../channel/current-writer.js'
import type { ReaderMessage } from '../channel/messages.js'
import { ChannelWriter } from '../channel/writer.js'
import { closeOpenTrackers } from '../order/open-trackers.js'
import { ccxtNote } from './ccxt-hook.js'
import { showDiagnostics } from './diagnostics.js'
import { findApiCopy } from './duplicates.js'
import { type DrainResult, describeLoss, watchExit } from './exit.js'
import { exportConfig } from './export-config.js'
import { ExportLink } from './export-link.js'
import { GlobalProviders, registeredSignals, type Signal } from './global-providers.js'
import { flushForeign, sayJoined, startAsGuest } from './guest.js'
import { createHandover } from './handover.js'
import { instrument, type StartedBy } from './instrument.js'
import { startLoopExport } from './loop-export.js'
import { createObserver } from './observe.js'
import { type Parts, partsOnDemand } from './parts.js'
import { createProviders } from './providers.js'
import { applicationDirectory, detectResource, type ResourceAttributes } from './resource.js'
import { say, sayLine, sayOnce } from './said.js'
import { markForChildren, readSettings, type Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'
import { redactedUrl } from './settings-otlp.js'
import { startLine } from './start-line.js'
import type { Telemetry } from './telemetry.js'
import { startTelemetryThread } from './telemetry-thread.js'
import { joinRelay, openRelay, type RelayInvitation, relayInvitation } from './thread-relay.js'

/** Shared by every copy of this package in a thread: the preload's and the application's may be two. */
const KEY = Symbol.for('orderscope.telemetry')
const registry = globalThis as { [KEY]?: Telemetry | undefined }

const BEAT_MS = 100
/** Nothing of the application has run for longer since its loop was empty. */
const STRAIGHT_AFTER_MS = 200
/** An application's worker thread has a smaller ring: there may be many of them. */
const THREAD_RING_BYTES = 1024 ** 2
const THREAD_REFUSED = dropIndex('thread_refused')

/**
 * Before anything of the application has been loaded. The preload gets it by `require`.
 *
 * @public
 */
export function startPreloaded(): void {
  start({}, 'preload', partsOnDemand)
}

/** A second start gives back what runs already. */
export function start(options: TelemetryOptions, by: StartedBy, parts: Parts): Telemetry {
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
  const telemetry =
    invitation === undefined ? startHere(settings, options, by, parts) : join(invitation, settings, options, by, parts)
  registry[KEY] = telemetry
  return telemetry
}

const inert: Telemetry = { flush: async () => {}, shutdown: async () => {} }

/** In the main thread: everything that nobody else does. */
function startHere(all: Settings, options: TelemetryOptions, by: StartedBy, parts: Parts): Telemetry {
  sayConflicts()
  const foreign = registeredSignals()
  if (foreign.has('traces') && foreign.has('metrics')) {
    return startAsGuest(all, options, by, parts, () => {
      registry[KEY] = undefined
    })
  }
  const settings = withoutSignals(all, foreign)
  const resource = detectResource(settings)
  const writer = new ChannelWriter({ id: 0, ringBytes: settings.ringBytes, startTime: startTime() })
  let ending = false
  let said = false
  let joined = false
  let ownPort: number | undefined
  const providers = createProviders({
    writer,
    settings,
    options,
    resource,
    parts,
    flush: async () => {
      if (!ending) await link.flush(settings.exitTimeoutMs)
    },
  })
  const relay = openRelay(
    Math.min(settings.ringBytes, THREAD_RING_BYTES),
    message => link.post(message),
    () => writer.control.countDrop(THREAD_REFUSED),
  )
  const observe = createObserver(writer, providers.meterProvider, message => link.post(message))
  const onMessage = (message: ReaderMessage): void => {
    if (message.kind === 'observe') {
      observe(message)
      relay.broadcast(message)
    } else if ('writer' in message) {
      if (message.writer === writer.id) writer.receive(message)
      else relay.broadcast(message)
    } else if (message.kind === 'say') say(message.line)
    else if (message.kind === 'up') {
      if (message.endpoint !== undefined) ownPort = Number(new URL(message.endpoint).port)
      // a thread that was started again goes on where the last one was
      if (!said && !joined) sayStarted(settings, handover.taken, resource, message, link.place ?? 'thread')
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
  const globals = new GlobalProviders(providers, settings, foreign, parts, signal => handover.take(signal))
  globals.register()
  const instrumented = instrument(settings, options, by, foreign, parts, () =>
    link.place === 'loop' ? ownPort : undefined,
  )
  const handover = createHandover({
    foreign,
    ours: instrumented.upstream,
    parts,
    onChange: taken => {
      if (joined) return
      if (!taken.has('traces') || !taken.has('metrics')) {
        if (said) sayTaken(taken)
        return
      }
      // nothing is left to do for the telemetry thread
      joined = true
      clearInterval(heart)
      setCurrentWriter(undefined)
      relay.close()
      sayJoined(settings)
      void link.shutdown(settings.exitTimeoutMs)
    },
  })
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
  let deliveredAt = Number.NEGATIVE_INFINITY
  // the end of the loop and the end of the process share one bound, unless the application went on in between
  const waitedInLoop = (): number => {
    if (failedFlush === undefined || performance.now() - failedFlush.ended > STRAIGHT_AFTER_MS) return 0
    return failedFlush.ended - failedFlush.began
  }
  /** How long it took: thousands of orders that end at once may wait for room, where somebody else makes it. */
  const endSpans = (boundMs: number): number =>
    writer.patiently(link.place === 'thread' ? boundMs : 0, () => attempt(closeOpenTrackers))
  const drain = (boundMs: number): DrainResult => {
    const leftMs = boundMs - waitedInLoop()
    const result = link.drain(leftMs - endSpans(leftMs))
    // where there can be no thread nobody answers here, but the end of the loop has delivered the metrics
    const deliveredInLoop =
      result.lostSpans + result.lostLogs === 0 && performance.now() - deliveredAt < STRAIGHT_AFTER_MS
    return told({ ...result, delivered: result.delivered || deliveredInLoop })
  }
  const unwatch = watchExit({ drain, boundMs: settings.exitTimeoutMs })
  // in the loop there is no other moment to wait for the collector without a thread
  const onBeforeExit = (): void => {
    if (link.place !== 'loop') return
    const began = performance.now()
    link.flush(settings.exitTimeoutMs).then(
      () => {
        deliveredAt = performance.now()
      },
      () => {
        failedFlush = { began, ended: performance.now() }
      },
    )
  }
  process.once('beforeExit', onBeforeExit)

  const stop = async (): Promise<void> => {
    const endedMs = endSpans(settings.exitTimeoutMs)
    unwatch()
    process.removeListener('beforeExit', onBeforeExit)
    handover.stop()
    for (const undo of instrumented.undo) attempt(undo)
    await settle(providers.tracerProvider.shutdown())
    await settle(providers.loggerProvider.shutdown())
    const result = await link.shutdown(Math.max(0, settings.exitTimeoutMs - endedMs))
    const lost = describeLoss(told(result), settings.exitTimeoutMs)
    if (lost !== '') say(lost)
    clearInterval(heart)
    relay.close()
    globals.unregister()
    setCurrentWriter(undefined)
    registry[KEY] = undefined
  }
  let stopped: Promise<void> | undefined
  return {
    async flush() {
      const theirs = handover.taken.size > 0 ? flushForeign() : undefined
      if (!joined) await link.flush(settings.exitTimeoutMs)
      await theirs
    },
    shutdown: () => {
      ending = true
      stopped ??= stop()
      return stopped
    },
  }
}

/** In a worker thread of an application whose main thread has telemetry: series and rings of its own, no more. */
function join(
  invitation: RelayInvitation,
  settings: Settings,
  options: TelemetryOptions,
  by: StartedBy,
  parts: Parts,
): Telemetry {
  const resource = detectResource(settings)
  const writer = new ChannelWriter({ id: threadId, ringBytes: invitation.ringBytes, startTime: startTime() })
  const providers = createProviders({ writer, settings, options, resource, parts, flush: async () => {} })
  const observe = createObserver(writer, providers.meterProvider, message => relay.post(message))
  const relay = joinRelay(invitation, message => {
    if (message.kind === 'observe') observe(message)
    else writer.receive(message)
  })
  writer.attach(message => relay.post(message))
  setCurrentWriter(writer)
  const foreign = registeredSignals()
  const globals = new GlobalProviders(providers, settings, foreign, parts, signal => handover.take(signal))
  globals.register()
  const instrumented = instrument(settings, options, by, foreign, parts, () => undefined)
  const handover = createHandover({ foreign, ours: instrumented.upstream, parts, onChange: () => {} })
  return {
    flush: async () => {},
    async shutdown() {
      closeOpenTrackers()
      handover.stop()
      relay.close()
      globals.unregister()
      setCurrentWriter(undefined)
      registry[KEY] = undefined
    },
  }
}

function sayConflicts(): void {
  const conflict = findApiCopy(applicationDirectory())
  if (conflict !== undefined) sayOnce(conflict.topic, conflict.sentence)
}

function withoutSignals(settings: Settings, signals: ReadonlySet<Signal>): Settings {
  const { traces, metrics, logs } = settings.exporters
  const exporters = {
    traces: signals.has('traces') ? [] : traces,
    metrics: signals.has('metrics') ? [] : metrics,
    logs: signals.has('logs') ? [] : logs,
  }
  return { ...settings, exporters }
}

/** The start-up line has said otherwise. */
function sayTaken(taken: ReadonlySet<Signal>): void {
  const names = [...taken].join(' and ')
  sayOnce(
    `taken ${names}`,
    `the application's own OpenTelemetry SDK takes over ${names}; the rest stays with orderscope`,
  )
}

function sayStarted(
  settings: Settings,
  foreign: ReadonlySet<Signal>,
  resource: ResourceAttributes,
  up: { readonly endpoint: string | undefined; readonly startMs: number },
  place: 'thread' | 'loop',
): void {
  if (settings.quiet) return
  const ccxt = ccxtNote(settings.instrumentations)
  const notes = ccxt === undefined ? [] : [ccxt]
  const facts = { serviceName: String(resource['service.name']), ...up, place, notes, foreign }
  sayLine(startLine(withoutSignals(settings, foreign), facts))
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
