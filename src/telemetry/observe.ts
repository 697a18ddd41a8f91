import type { ReaderMessage, WriterMessage } from '../channel/messages.js'
import type { ChannelWriter } from '../channel/writer.js'
import type { SharedMeterProvider } from '../metrics/meter-provider.js'

/**
 * Answers the reader's question for the values of observable instruments. While callbacks of the collection
 * before still run (one may never answer) no further ones are started: the reader serves what it has.
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
    const { collection } = message
    provider.observables
      .observe(collection)
      .then(failed => post({ kind: 'observed', writer: writer.id, collection, failed }))
      .catch(() => {})
      .finally(() => {
        running = false
      })
  }
}
