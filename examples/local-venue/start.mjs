import { fork } from 'node:child_process'
import { once } from 'node:events'

/** Starts the venue in a process of its own, without the telemetry of this one. */
export async function startVenue() {
  const child = fork(new URL('./venue.mjs', import.meta.url), { execArgv: [] })
  const [{ url }] = await once(child, 'message')
  return { url, streamUrl: url.replace('http', 'ws'), stop: () => child.kill() }
}
