import { duration, rate } from './figures.js'
import type { Counts, View } from './view.js'

/** A view in one line, for a file or a pipe. */
export function plainLine(view: View): string {
  const { live, details, loopDelay } = view
  const where = live.stage === undefined ? '' : ` in ${live.stage}${live.order ? ` of ${live.order}` : ''}`
  const parts = [
    new Date(view.at).toISOString(),
    `pid ${details.pid}`,
    live.status === 'hung' ? `LOOP HANGS since ${duration(live.sinceSeconds)}${where}` : view.ready,
    `loop ${duration(details.loopAgeSeconds)} ago`,
    ...(loopDelay === undefined ? [] : [`delay p99 ${duration(loopDelay.p99)}`]),
    ...view.rates.map(({ name, perSecond, total }) => `${name} ${rate(perSecond)}/s (${total})`),
    `active ${view.active.reduce((sum, [, count]) => sum + count, 0)}${inBrackets(view.active)}`,
    ...view.durations.map(({ name, p50, p99 }) => `${name} p50 ${duration(p50)} p99 ${duration(p99)}`),
    `dropped ${view.drops.reduce((sum, [, count]) => sum + count, 0)}${inBrackets(view.drops)}`,
  ]
  return parts.join(' · ')
}

function inBrackets(counts: Counts): string {
  return counts.length === 0 ? '' : ` (${counts.map(([name, count]) => `${name} ${count}`).join(', ')})`
}
