import type { Paint } from '../paint.js'
import { asciiOf, cutToWidth, widthOf } from './columns.js'
import { bar, duration, rate, sparkline } from './figures.js'
import type { Counts, Duration, Rate, View } from './view.js'

/** A loop that hasn't turned for so long isn't well, hung or not. */
const SLOW_LOOP_SECONDS = 0.5

/** The room that there is, and how it is painted. */
export interface Canvas {
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
  /** The terminal shows nothing else. */
  readonly isAscii?: boolean
}

type Piece = readonly [text: string, paint?: ((text: string) => string) | undefined]

/** Draws a process: as many lines as fit, none longer than the terminal is wide. `trouble`: why the view is old. */
export function picture(view: View, canvas: Canvas, trouble?: string): string[] {
  const lines = [
    ...head(view, canvas, trouble),
    ...orders(view, canvas),
    ...stages(view, canvas),
    ...active(view, canvas),
    ...telemetry(view, canvas),
  ]
  return lines.slice(0, Math.max(1, canvas.rows)).map(pieces => joined(pieces, canvas))
}

function head(view: View, { paint, columns }: Canvas, trouble: string | undefined): Piece[][] {
  const { details, live } = view
  const title = `orderscope top · ${view.service === '' ? '' : `${view.service} · `}pid ${details.pid} · ${view.url}`
  const time = `${new Date(view.at).toTimeString().slice(0, 8)}  q quits`
  const gap = columns - widthOf(title) - time.length
  const lines: Piece[][] = [
    [[title, paint.bold], ...(gap < 2 ? [] : [[' '.repeat(gap)] as Piece, [time, paint.dim] as Piece])],
    [],
  ]
  if (trouble !== undefined) lines.push([[`! ${trouble}; these figures are old`, paint.red]], [])
  if (live.status === 'hung') {
    const alarm = (text: string) => paint.bold(paint.red(text))
    const hangs = `■ THE LOOP HANGS since ${duration(live.sinceSeconds)}`
    const where = live.stage === undefined ? '' : `last seen in ${live.stage}${live.order ? ` of ${live.order}` : ''}`
    // where it hangs is what one looks for: on a line of its own rather than cut off
    if (where === '') lines.push([[hangs, alarm]])
    else if (widthOf(hangs) + widthOf(where) + 2 <= columns) lines.push([[`${hangs}, ${where}`, alarm]])
    else lines.push([[hangs, alarm]], [[where, alarm]])
  } else {
    const age = details.loopAgeSeconds ?? 0
    const isSlow = age > SLOW_LOOP_SECONDS
    const { loopDelay } = view
    const state = live.status === 'starting' ? 'starting' : view.ready
    lines.push([
      [`● ${state}`.padEnd(11), isSlow || live.status === 'starting' ? paint.yellow : paint.green],
      [`loop turned ${duration(age)} ago  `, isSlow ? paint.yellow : undefined],
      [sparkline(view.loopAges, 20), paint.cyan],
      [
        loopDelay === undefined
          ? ''
          : `  delay p50 ${duration(loopDelay.p50)}  p99 ${duration(loopDelay.p99)}  max ${duration(loopDelay.max)}`,
      ],
    ])
  }
  return lines
}

function orders({ rates, rejections, cancelRejections, anomalies }: View, canvas: Canvas): Piece[][] {
  const { paint } = canvas
  const width = sparkWidth(canvas, 37, 40)
  const row = ({ name, perSecond, total, history }: Rate): Piece[] => [
    [nameOf(name, canvas), name === 'rejected' && perSecond > 0 ? paint.red : undefined],
    [`${rate(perSecond).padStart(7)}${String(total).padStart(10)}  `],
    [sparkline(history, width), name === 'rejected' ? paint.red : paint.cyan],
  ]
  const listed = (name: string, counts: Counts): Piece[][] =>
    counts.length === 0
      ? []
      : [[[nameOf(name, canvas), paint.yellow], [counts.map(([key, count]) => `${key} ${count}`).join(' · ')]]]
  return [
    [],
    [
      [nameOf('ORDERS', canvas), paint.bold],
      ['     /s     total', paint.dim],
    ],
    ...rates.map(row),
    ...listed('  why rejected', rejections),
    ...listed('cancels refused', cancelRejections),
    ...listed('anomalies', anomalies),
  ]
}

function stages({ durations }: View, canvas: Canvas): Piece[][] {
  const { paint } = canvas
  const width = sparkWidth(canvas, 57, 20)
  const row = ({ name, perSecond, p50, p90, p99, isOld, history }: Duration): Piece[] => [
    [nameOf(name, canvas)],
    [rate(perSecond).padStart(7)],
    [[p50, p90, p99].map(each => duration(each).padStart(10)).join(''), isOld ? paint.dim : undefined],
    ['  '],
    [sparkline(history, width), paint.cyan],
  ]
  const titles = `     /s${['p50', 'p90', 'p99'].map(each => each.padStart(10)).join('')}`
  const head: Piece[] = [
    [nameOf('STAGES', canvas), paint.bold],
    [`${titles}  last minute`, paint.dim],
  ]
  if (durations.length === 0) return [[], head, [['none yet', paint.dim]]]
  return [[], head, ...durations.map(row)]
}

function active({ active }: View, canvas: Canvas): Piece[][] {
  const { paint } = canvas
  const total = active.reduce((sum, [, count]) => sum + count, 0)
  const most = Math.max(1, ...active.map(([, count]) => count))
  const width = Math.max(4, canvas.columns - 28)
  return [
    [],
    [
      [nameOf(`ACTIVE ${total}`, canvas), paint.bold],
      [total === 0 ? 'no order is open' : '', paint.dim],
    ],
    ...active.map(([status, count]): Piece[] => [
      [nameOf(status, canvas)],
      [String(count).padStart(7)],
      ['  '],
      [bar(count / most, Math.min(width, 40)), paint.blue],
    ]),
  ]
}

function telemetry({ details, drops, lanes }: View, canvas: Canvas): Piece[][] {
  const { paint } = canvas
  const lost = drops.reduce((sum, [, count]) => sum + count, 0)
  const signals = Object.entries(details.otlp ?? {})
  return [
    [],
    [['TELEMETRY', paint.bold]],
    ...lanes.map(([lane, share]): Piece[] => [
      [nameOf(`${lane} lane`, canvas)],
      [`${(share * 100).toFixed(1)} %`.padStart(7)],
      ['  '],
      [bar(share, 20).padEnd(20, '·'), share > 0.5 ? paint.red : paint.blue],
    ]),
    [
      [nameOf('dropped', canvas)],
      [String(lost).padStart(7), lost > 0 ? paint.red : undefined],
      [lost > 0 ? `  ${drops.map(([reason, count]) => `${reason} ${count}`).join(' · ')}` : ''],
    ],
    ...signals.map(([signal, { to, status }]): Piece[] => [
      [nameOf(signal, canvas)],
      [`  → ${to}  `],
      [status, status === 'ok' ? paint.green : status === 'nothing sent yet' ? paint.dim : paint.red],
    ]),
  ]
}

/** What is left of a line beside its words, no more than looks well. */
function sparkWidth({ columns }: Canvas, beside: number, most: number): number {
  return Math.min(most, Math.max(1, columns - beside))
}

/** The first column; in a narrow terminal it leaves room for the figure beside it. */
function nameOf(name: string, { columns }: Canvas): string {
  const width = Math.min(18, Math.max(6, columns - 8))
  return cutToWidth(name, width).padEnd(width)
}

/** Cuts at the width before painting: codes of colours take no column. */
function joined(pieces: readonly Piece[], { columns, isAscii }: Canvas): string {
  let left = columns
  return pieces
    .map(([text, paint]) => {
      const cut = cutToWidth(isAscii === true ? asciiOf(text) : text, left)
      left -= widthOf(cut)
      return cut === '' || paint === undefined ? cut : paint(cut)
    })
    .join('')
}
