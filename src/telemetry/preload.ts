import * as nodeModule from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { isLauncher } from './package-managers.js'
import { readSettings } from './settings.js'
import { relayInvitation } from './thread-relay.js'

/** What `orderscope/register` runs, before the application. The rest is loaded only where something is started. */
export function preload(): void {
  if (isMainThread) {
    if (isLauncher(process.argv[1]) || process.execArgv.some(each => each === '--check' || each === '-c')) return
  } else if (relayInvitation() === undefined) return
  if (readSettings().disabled) return
  const { startPreloaded } = nodeModule.createRequire(import.meta.url)(
    '../telemetry/start.js',
  ) as typeof import('./start.js')
  startPreloaded()
}
