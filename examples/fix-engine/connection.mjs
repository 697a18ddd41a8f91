import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { EmptyLogFactory, SessionLauncher } from 'jspurefix'

const sides = { initiator: ['DESK', 'VENUE'], acceptor: ['VENUE', 'DESK'] }

/** Runs one side of a FIX 4.4 session; resolves when it is over. */
export async function connect(type, makeSession) {
  const [SenderCompId, TargetCompID] = sides[type]
  const tcp = { host: '127.0.0.1', port: Number(process.env.FIX_PORT ?? 9880) }
  const description = {
    application: { type, name: type, reconnectSeconds: 1, protocol: 'ascii', dictionary: 'qf44', tcp },
    ...{ BeginString: 'FIX.4.4', SenderCompId, TargetCompID, HeartBtInt: 30, ResetSeqNumFlag: true },
  }
  class Launcher extends SessionLauncher {
    // the dictionaries lie in the package
    root = dirname(createRequire(import.meta.url).resolve('jspurefix/package.json'))

    makeFactory() {
      return { makeSession }
    }
  }
  const both = type === 'initiator' ? [description, null] : [null, description]
  await new Launcher(...both, new EmptyLogFactory()).run()
}
