import { setPriority } from 'node:os'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { ExportConfig } from '../channel/export-config.js'
import type { ChannelPort, ReaderMessage, WriterMessage } from '../channel/messages.js'
import { ProcessorShare } from './processor-share.js'
import { startExport } from './start-export.js'

/*
 * The telemetry thread's entry. A bundler may pull this file into the application: then it does nothing.
 */
if (!isMainThread && parentPort !== null) {
  const port = parentPort
  const config = workerData as ExportConfig
  const isNiced = lowerPriority(config.niceness)
  const channel: ChannelPort<ReaderMessage, WriterMessage> = {
    postMessage(message) {
      port.postMessage(message)
      // nothing is left to do: the thread ends by itself
      if (message.kind === 'ended') port.close()
    },
    onMessage: receive => port.on('message', (message: WriterMessage) => receive(message)),
  }
  // a thread's clock begins with the thread
  startExport(config, channel, 0, new ProcessorShare(isNiced))
}

/** On Linux the niceness belongs to the thread that asks; elsewhere it would slow down the whole process. */
function lowerPriority(niceness: number): boolean {
  if (niceness <= 0 || process.platform !== 'linux') return false
  try {
    setPriority(niceness)
    return true
  } catch {
    // not allowed: it works without
    return false
  }
}
