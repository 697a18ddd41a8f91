import { randomUUID } from 'node:crypto'
import { BroadcastChannel, getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import type { ReaderMessage, WriterMessage } from '../channel/messages.js'
import { sayOnce } from './said.js'

/*
 * The application's own worker threads write series and rings of their own. What these mean goes to the main
 * thread, which hands it on and keeps it for a reader that starts anew; the memory itself is read directly.
 */
const KEY = 'orderscope.relay'
/** Worker threads that come and go for ever must not fill the memory. */
const MAXIMUM_THREADS = 256

/** What a worker thread needs to take part. */
export interface RelayInvitation {
  readonly channel: string
  readonly ringBytes: number
}

interface FromMain {
  readonly to: 'threads'
  readonly message: ReaderMessage
}
interface FromThread {
  readonly to: 'main'
  readonly message: WriterMessage
}

/** The main thread's end. */
export interface Relay {
  readonly described: readonly WriterMessage[]
  /** Hands a question of the reader to all worker threads. */
  broadcast(message: ReaderMessage): void
  close(): void
}

/** Lets worker threads that start from now on take part; `onRefused` is called for each that can't. */
export function openRelay(ringBytes: number, post: (message: WriterMessage) => void, onRefused: () => void): Relay {
  const name = `orderscope:${randomUUID()}`
  const channel = new BroadcastChannel(name)
  channel.unref()
  let described: WriterMessage[] = []
  const threads = new Set<number>()
  channel.onmessage = event => {
    const { to, message } = (event as { data: FromMain | FromThread }).data
    if (to !== 'main') return
    if (message.kind === 'writer' && threads.size < MAXIMUM_THREADS) threads.add(message.writer)
    if (!threads.has(message.writer)) {
      if (message.kind === 'writer') onRefused()
      sayOnce(
        'threads',
        `the application has started more than ${MAXIMUM_THREADS} worker threads; what further ones record is not kept. Threads that live on and share the work (a pool) are all followed`,
      )
      return
    }
    if (message.kind === 'gone' || message.kind === 'revived')
      described = described.filter(said => !isRelease(said, message.writer, message.id))
    else if (isDescription(message)) described.push(message)
    post(message)
  }
  const invitation: RelayInvitation = { channel: name, ringBytes }
  setEnvironmentData(KEY, invitation as never)
  return {
    get described() {
      return described
    },
    broadcast: message => channel.postMessage({ to: 'threads', message } satisfies FromMain),
    close() {
      setEnvironmentData(KEY, undefined as never)
      channel.close()
    },
  }
}

/** What a worker thread of the application finds where the main thread has started telemetry. */
export function relayInvitation(): RelayInvitation | undefined {
  return getEnvironmentData(KEY) as unknown as RelayInvitation | undefined
}

/** A worker thread's end. */
export function joinRelay(
  { channel: name }: RelayInvitation,
  onMessage: (message: ReaderMessage) => void,
): { post(message: WriterMessage): void; close(): void } {
  const channel = new BroadcastChannel(name)
  channel.unref()
  channel.onmessage = event => {
    const { to, message } = (event as { data: FromMain | FromThread }).data
    if (to === 'threads') onMessage(message)
  }
  return {
    post: message => channel.postMessage({ to: 'main', message } satisfies FromThread),
    close: () => channel.close(),
  }
}

/** What a reader that starts anew has to be told. */
function isDescription(message: WriterMessage): boolean {
  return message.kind !== 'observed' && message.kind !== 'drain' && message.kind !== 'shutdown'
}

/** What a series that goes on, or is gone, needs no more. */
function isRelease(message: WriterMessage, writer: number, id: number): boolean {
  return message.kind === 'released' && message.writer === writer && message.id === id
}
