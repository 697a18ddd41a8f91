import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findPortHolder } from './port-holder.js'

/** Where a server is to listen, and whom to tell. */
export interface ListenOptions {
  /** An address of this machine; `::` and `0.0.0.0` are all of them. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** One line for a person, when the port isn't to be had. */
  readonly say: (line: string) => void
  readonly onListening: (address: AddressInfo) => void
  /** Pause between tries. */
  readonly retryMs?: number
}

const RETRY_MS = 5000

/**
 * Listens, and where that can't be done says why, once, and tries again until it can: another process may end.
 * Returns what ends the tries.
 */
export function keepListening(server: Server, options: ListenOptions): () => void {
  const { host, port, say, onListening, retryMs = RETRY_MS } = options
  let timer: NodeJS.Timeout | undefined
  let said = false
  let stopped = false

  const listen = () => {
    if (!stopped) server.listen({ host, port, exclusive: true })
  }
  server.on('listening', () => onListening(server.address() as AddressInfo))
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (server.listening || stopped) return
    if (!said) {
      said = true
      describe(error, host, port, retryMs).then(say)
    }
    timer = setTimeout(listen, retryMs)
    timer.unref()
  })
  listen()
  server.unref()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

async function describe(error: NodeJS.ErrnoException, host: string, port: number, retryMs: number): Promise<string> {
  const again = `Trying again every ${retryMs / 1000} s.`
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = await findPortHolder(port)
      const by = holder === undefined ? '' : ` (${holder})`
      return `port ${port} on ${host} is taken${by}. ${again} Another port: OTEL_EXPORTER_PROMETHEUS_PORT=${port + 1}, or 0 for any free one`
    }
    case 'EACCES':
      return `port ${port} on ${host} may not be used by this user. ${again} One above 1023 may: OTEL_EXPORTER_PROMETHEUS_PORT=9464`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine. ${again} Write OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1 for this machine alone, or 0.0.0.0 for everybody`
    default:
      return `${host}:${port} can't be listened on (${error.code ?? error.message}). ${again}`
  }
}
