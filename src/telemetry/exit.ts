import { constants } from 'node:os'
import type { Losses } from '../channel/control-block.js'
import { say } from './said.js'

/** What became of the telemetry that was still here when the process ended. */
export interface DrainResult {
  readonly delivered: boolean
  readonly lostSpans: number
  readonly lostLogs: number
  /** Why, in a few words: `http://localhost:4318 refused the connection`. */
  readonly reason?: string
  /** What was lost for good before the end. */
  readonly before?: Losses
}

/** Settings of the watch over the end of the process. */
export interface ExitOptions {
  /** Delivers what is left, or gives up after `boundMs`. Blocks: nothing asynchronous runs any more. */
  readonly drain: (boundMs: number) => DrainResult
  readonly boundMs: number
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof signals)[number]
type Emit = typeof process.emit
type Listeners = (event: string | symbol) => unknown[]
type ReallyExit = (code?: number) => never
/** A process that turned for so long after a drain didn't end then: its real end may wait anew. */
const WENT_ON_MS = 200

/**
 * Drains when the process ends, after all of the application's own exit listeners, so that what they record
 * arrives too; that is why `process.emit` is wrapped (a listener of ours would run before those added later).
 * The exit code stays what it would have been. Returns a function that undoes it all.
 *
 * SIGINT, SIGTERM and SIGHUP end the process as they would have, after the drain; an application with listeners
 * of its own keeps the say.
 */
export function watchExit({ drain, boundMs }: ExitOptions): () => void {
  let finished = false
  let emitting = false
  let waitedMs = 0
  let said = ''
  const finish = (): void => {
    if (finished) return
    finished = true
    const began = performance.now()
    try {
      const lost = describeLoss(drain(Math.max(0, Math.round(boundMs - waitedMs))), boundMs)
      if (lost !== '' && lost !== said) say(lost)
      said = lost
    } catch {
      // nothing may change how the process ends
    }
    waitedMs += performance.now() - began
    // A process that goes on (somebody emitted `exit` himself, caught what a handler threw, or is the first of a
    // container) records more, which wants a drain of its own.
    setImmediate(() => {
      finished = false
      emitting = false
      setTimeout(() => {
        waitedMs = 0
      }, WENT_ON_MS).unref()
    }).unref()
  }

  const unwrapEmit = wrapProperty(process as { emit: Emit }, 'emit', emit => {
    const wrapped = function (this: NodeJS.Process, event: string | symbol, ...rest: unknown[]) {
      if (isSignal(event)) noteListeners(event)
      if (event === 'exit') emitting = true
      let threw = true
      // no `catch`: what is thrown on from here would be shown with this line instead of the application's
      try {
        const heard = Reflect.apply(emit, this, [event, ...rest])
        threw = false
        return heard
      } finally {
        // a listener for what nobody caught that throws ends the process at once, without `exit`
        if (event === 'exit' || (threw && isLastWord(event))) finish()
      }
    }
    return wrapped as unknown as Emit
  })
  // process.exit() inside an exit listener ends the process at once, without coming back to `emit`
  const unwrapExit = wrapProperty(process as unknown as { reallyExit: ReallyExit }, 'reallyExit', reallyExit => {
    return function (this: unknown, code?: number): never {
      finish()
      return Reflect.apply(reallyExit, this, [code]) as never
    }
  })
  // somebody put his own `emit` in the place of ours
  const onExit = (): void => {
    if (!emitting) finish()
  }
  process.on('exit', onExit)

  const othersBefore = new Map<Signal, boolean>()
  const noteListeners = (signal: Signal): void => {
    // before they run: a `once` listener is gone by the time that ours runs
    othersBefore.set(signal, process.listenerCount(signal) > 1)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    const others = othersBefore.get(signal as Signal) ?? process.listenerCount(signal) > 1
    othersBefore.delete(signal as Signal)
    if (others) return
    finish()
    process.removeListener(signal, onSignal)
    // nobody listens now: the default action ends the process, and its parent sees the signal
    process.kill(process.pid, signal)
    // Still here: this is the first process of a container, for which the kernel knows no default actions, and
    // whoever sent the signal wants the process to end.
    setImmediate(() => process.exit(128 + constants.signals[signal]))
  }
  const unhide = hideListener(onSignal)
  for (const signal of signals) listen(signal, onSignal)

  return () => {
    unwrapEmit()
    unwrapExit()
    unhide()
    process.removeListener('exit', onExit)
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
}

function isLastWord(event: string | symbol): boolean {
  return event === 'uncaughtException' || event === 'uncaughtExceptionMonitor'
}

function isSignal(event: string | symbol): event is Signal {
  return (signals as readonly (string | symbol)[]).includes(event)
}

function listen(signal: Signal, listener: NodeJS.SignalsListener): void {
  try {
    process.on(signal, listener)
  } catch {
    // a platform without that signal
  }
}

/**
 * The package signal-exit (under many command-line tools) ends the process only when it finds no listeners but
 * its own: with ours among them, Ctrl-C would end nothing any more.
 */
function hideListener(hidden: unknown): () => void {
  const withoutHidden = (listeners: Listeners): Listeners =>
    function (this: unknown, event) {
      const all = Reflect.apply(listeners, this, [event]) as unknown[]
      return isSignal(event) ? all.filter(each => each !== hidden) : all
    }
  const target = process as unknown as { listeners: Listeners; rawListeners: Listeners }
  const undoListeners = wrapProperty(target, 'listeners', withoutHidden)
  const undoRawListeners = wrapProperty(target, 'rawListeners', withoutHidden)
  return () => {
    undoListeners()
    undoRawListeners()
  }
}

/** Replaces a function; the undo leaves it when somebody else has replaced it since. */
function wrapProperty<Name extends string, Fn>(
  target: { [Key in Name]: Fn },
  name: Name,
  wrap: (original: Fn) => Fn,
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const wrapped = wrap(target[name])
  Object.defineProperty(target, name, { value: wrapped, writable: true, configurable: true, enumerable: false })
  return () => {
    if (target[name] !== wrapped) return
    if (own === undefined) delete (target as Record<string, unknown>)[name]
    else Object.defineProperty(target, name, own)
  }
}

/** One sentence about what no collector took; empty when it took everything. */
export function describeLoss(result: DrainResult, boundMs: number): string {
  const atEnd = result.delivered ? '' : ` with ${undelivered(result, boundMs)}`
  const before = result.before === undefined ? [] : lostBefore(result.before)
  if (atEnd === '' && before.length === 0) return ''
  return `ended${atEnd}${before.length === 0 ? '' : `; lost before: ${before.join(', and ')}`}`
}

function undelivered({ lostSpans, lostLogs, reason }: DrainResult, boundMs: number): string {
  const what = countedRecords(lostSpans, lostLogs)
  return `${what === '' ? 'metrics' : what} that no collector took within ${boundMs / 1000} s${inParentheses(reason)}`
}

function lostBefore({ dropped, refusedSpans, refusedLogs, refusal }: Losses): string[] {
  const lost: string[] = []
  const refused = countedRecords(refusedSpans, refusedLogs)
  if (dropped > 0)
    lost.push(`${counted(dropped, 'record')} that found no room in the queue (ORDERSCOPE_RING_BYTES sets its size)`)
  if (refused !== '') lost.push(`${refused} that were refused${inParentheses(refusal)}`)
  return lost
}

function inParentheses(text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` (${text})`
}

function countedRecords(spans: number, logs: number): string {
  return [counted(spans, 'span'), counted(logs, 'log record')].filter(each => each !== '').join(' and ')
}

function counted(count: number, noun: string): string {
  if (count === 0) return ''
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
