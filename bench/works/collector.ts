import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** An OTLP/HTTP collector in a process of its own, so that its work isn't counted. */
export interface Collector {
  readonly url: string
  /** Spans received so far. */
  spans(): Promise<number>
  stop(): void
}

/** Starts one that answers after `latencyMs`. */
export async function startCollector(latencyMs = 0): Promise<Collector> {
  const child = fork(fileURLToPath(new URL('collector-process.js', import.meta.url)), [String(latencyMs)], {
    execArgv: [],
    env: {},
  })
  const message = () => new Promise<number>(resolve => child.once('message', value => resolve(value as number)))
  const port = await message()
  // nothing of it keeps the measured process alive
  child.unref()
  child.channel?.unref()
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => {
      const answer = message()
      child.channel?.ref()
      child.send('spans')
      return answer.finally(() => child.channel?.unref())
    },
    stop: () => {
      child.kill()
    },
  }
}
