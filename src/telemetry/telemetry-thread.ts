import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { ReaderMessage } from '../channel/messages.js'
import type { StartExportHost } from './export-host.js'
import { telemetryThreadEnvironment } from './settings.js'
import { checkWorkingDirectory } from './working-directory.js'

/**
 * Starts the telemetry thread. It isn't waited for, holds no process that is done, and doesn't run the preload
 * again. Throws when workers are forbidden, or when its file isn't there (a bundle, a single executable).
 */
export const startTelemetryThread: StartExportHost = (config, events) => {
  checkWorkingDirectory()
  const worker = new Worker(entry(), {
    name: 'orderscope',
    workerData: config,
    execArgv: [],
    env: telemetryThreadEnvironment(),
  })
  let asked = false
  let reason = ''
  worker.on('message', (message: ReaderMessage) => events.onMessage(message))
  // without a listener it would be thrown into the application
  worker.on('error', error => {
    reason = error.message
  })
  const gone = new Promise<void>(resolve => {
    worker.on('exit', code => {
      resolve()
      if (!asked) events.onEnd(reason === '' ? `exit code ${code}` : reason)
    })
  })
  // last: a listener for messages would hold the process again
  worker.unref()
  return {
    place: 'thread',
    post: message => worker.postMessage(message),
    async end(boundMs) {
      asked = true
      worker.postMessage({ kind: 'shutdown', writer: 0 })
      await Promise.race([gone, wait(boundMs)])
      await worker.terminate()
    },
  }
}

function entry(): URL {
  const file = workerFile()
  if (file === undefined || !existsSync(file)) throw new Error("its file isn't beside this one, as in a bundle")
  return file
}

/** A bundler that writes CommonJS leaves `import.meta.url` empty. */
function workerFile(): URL | undefined {
  try {
    return new URL('../export/worker.js', import.meta.url)
  } catch {
    return undefined
  }
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
