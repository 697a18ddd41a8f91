import type { ReaderMessage, WriterMessage } from '../channel/messages.js'
import type { ChannelWriter } from '../channel/writer.js'
import type { SharedMeterProvider } from '../metrics/meter-provider.js'

/**
 * Answers the reader's question for the values of observable instruments. One question at a time: a loop that was held
 * may find several of them.
 */
export function createObserver(
  writer: ChannelWriter,
  provider: SharedMeterProvider,
  post: (message: WriterMessage) => void,
): (message: ReaderMessage) => void {
  let running = false
  return message => {
    if (message.kind !== 'observe' || running) return
    running = true
    const { collection, withinMs } = message
    provider.observables
      .observe(collection, withinMs)
      .then(answer => post({ kind: 'observed', writer: writer.id, collection, answer }))
      .catch(() => {})
      .finally(() => {
        running = false
      })
  }
}
