/*
 * The preload: `node --require orderscope/register bot.js`, or `--import`. It imports nothing: with `--require`
 * the hooks thread of module.register() runs this file as well, and an import there ends the process with code 1
 * and no message (Node 20) or ERR_METHOD_NOT_IMPLEMENTED (22). That thread is no main thread and has no parent
 * port; a worker thread of the application has one.
 */
try {
  const { isMainThread, parentPort } = process.getBuiltinModule('node:worker_threads')
  if (isMainThread || parentPort !== null) {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
    const { preload } = require('./telemetry/preload.js') as typeof import('./telemetry/preload.js')
    preload()
  }
} catch (error) {
  // the application runs without telemetry rather than not at all
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `orderscope: telemetry could not start (${reason}); the application runs without it. Node ^20.19 or >=22.12 is wanted, this is ${process.version}\n`,
  )
}
