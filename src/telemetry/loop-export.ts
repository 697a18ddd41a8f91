import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { ChannelPort, ReaderMessage, WriterMessage } from '../channel/messages.js'
import type { StartExportHost } from './export-host.js'

/**
 * The reading end in the application's loop. Its code is loaded only here, since a telemetry thread would have it
 * to itself, and by `import()`, which a bundler follows.
 */
export const startLoopExport: StartExportHost = (config, events) => {
  const waiting: WriterMessage[] = []
  let receive: ((message: WriterMessage) => void) | undefined
  let onEnded: (() => void) | undefined
  const ended = new Promise<void>(resolve => {
    onEnded = resolve
  })
  const port: ChannelPort<ReaderMessage, WriterMessage> = {
    postMessage(message) {
      if (message.kind === 'ended') onEnded?.()
      events.onMessage(message)
    },
    onMessage(receiver) {
      receive = receiver
      for (const message of waiting.splice(0)) receiver(message)
    },
  }
  // in the next turn, when the application's import hooks are there: what is loaded before them stays unpatched
  setImmediate(() => {
    // what goes out from here, or waits in here, is no work of the application
    context.with(suppressTracing(ROOT_CONTEXT), () =>
      import('../export/start-export.js').then(
        ({ startExport }) => startExport(config, port),
        error => events.onEnd((error as Error).message),
      ),
    )
  })
  return {
    place: 'loop',
    post(message) {
      if (receive === undefined) waiting.push(message)
      else receive(message)
    },
    async end(boundMs) {
      this.post({ kind: 'shutdown', writer: 0 })
      let timer: NodeJS.Timeout | undefined
      await Promise.race([ended, new Promise(resolve => (timer = setTimeout(resolve, boundMs)))])
      clearTimeout(timer)
    },
  }
}
