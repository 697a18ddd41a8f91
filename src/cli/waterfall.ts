/** A stage of something that took time. */
export interface WaterfallStage {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly startTime: number
  /** `undefined`: it hasn't ended. */
  readonly endTime: number | undefined
  /** What there is to say of it (`0.02 @ 60000.80  maker`). */
  readonly detail?: string
}

/** What is drawn: a head, a bar for each stage, and notes. */
export interface Waterfall {
  /** What it is (`order a-1 · buy 5 BTC/USDT`). */
  readonly title: string
  /** What became of it (`filled 5 @ 60000.9`). */
  readonly outcome: string
  readonly stages: readonly WaterfallStage[]
  /** Stages that are not drawn. */
  readonly hiddenStages?: number
  readonly notes?: readonly string[]
}

/** How wide a drawing may be when nothing is known of the terminal. */
const DEFAULT_WIDTH = 116
const SMALLEST_BAR = 10
const INDENT = '  '

/**
 * Draws stages as bars on one axis of time, the slowest first, the others as they came.
 *
 * @example
 * waterfall({ title: 'order a-1', outcome: 'new', stages: [{ name: 'ack', startTime: 0, endTime: 2.8 }] })
 */
export function waterfall(
  { title, outcome, stages, hiddenStages = 0, notes = [] }: Waterfall,
  width = DEFAULT_WIDTH,
): string[] {
  const start = Math.min(...stages.map(stage => stage.startTime))
  const end = Math.max(...stages.map(stage => stage.endTime ?? stage.startTime))
  const slowest = bottleneck(stages)
  const ordered = slowest === undefined ? stages : [slowest, ...stages.filter(stage => stage !== slowest)]

  const nameWidth = Math.max(0, ...stages.map(stage => stage.name.length))
  const details = stages.map(stage => stage.detail ?? '')
  const detailWidth = Math.max(0, ...details.map(detail => detail.length))
  const times = ordered.map(stage =>
    stage.endTime === undefined ? 'open' : formatDuration(stage.endTime - stage.startTime),
  )
  const timeWidth = Math.max(8, ...times.map(time => time.length))
  const mark = '  ◀ slowest'
  const taken = INDENT.length + nameWidth + 2 + 2 + detailWidth + 2 + timeWidth + mark.length
  const barWidth = Math.max(SMALLEST_BAR, width - taken)

  const rows = ordered.map((stage, index) => {
    const bar = drawBar(stage, start, end, barWidth)
    const text = `${INDENT}${stage.name.padEnd(nameWidth)}  ${bar}  ${(stage.detail ?? '').padEnd(detailWidth)}  ${times[index]!.padStart(timeWidth)}`
    return stage === slowest ? text + mark : text
  })
  const total = stages.length === 0 ? '' : formatDuration(end - start)
  const head = [title, outcome].filter(part => part !== '').join('   ')
  const right = INDENT.length + nameWidth + 2 + barWidth + 2 + detailWidth + 2 + timeWidth
  const lines = [total === '' ? head : `${head.padEnd(right - total.length - 2)}  ${total}`, ...rows]
  if (hiddenStages > 0) lines.push(`${INDENT}… and ${hiddenStages} more`)
  return [...lines, ...notes.map(note => `${INDENT}${note}`)]
}

/** The stage that took longest; `undefined` when none took any time. */
export function bottleneck(stages: readonly WaterfallStage[]): WaterfallStage | undefined {
  let slowest: WaterfallStage | undefined
  let longest = 0
  for (const stage of stages) {
    const duration = (stage.endTime ?? stage.startTime) - stage.startTime
    if (duration <= longest) continue
    slowest = stage
    longest = duration
  }
  return slowest
}

/** Cells are drawn in halves: `▐` is the right half of one, `▌` the left. */
function drawBar(stage: WaterfallStage, start: number, end: number, width: number): string {
  const halves = width * 2
  const scale = end > start ? halves / (end - start) : 0
  const place = (time: number) => Math.min(halves, Math.max(0, Math.round((time - start) * scale)))
  let from = place(stage.startTime)
  let to = stage.endTime === undefined ? halves : place(stage.endTime)
  // what took no time that can be drawn is still there
  if (to <= from) {
    from = Math.min(from, halves - 1)
    to = from + 1
  }
  const fill = stage.endTime === undefined ? '░' : '█'
  let bar = ''
  for (let cell = 0; cell < width; cell++) {
    const left = from <= cell * 2 && cell * 2 < to
    const right = from <= cell * 2 + 1 && cell * 2 + 1 < to
    bar += left ? (right ? fill : '▌') : right ? '▐' : ' '
  }
  return bar
}

/** A duration as people read it: `420 µs`, `22.9 ms`, `1.25 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`
  if (milliseconds === 0) return '0 ms'
  // a double holds the milliseconds of today to about 0.2 µs
  if (milliseconds < 0.9995) return `${Math.round(milliseconds * 1000)} µs`
  if (milliseconds < 999.5) return `${Number(milliseconds.toPrecision(3))} ms`
  if (milliseconds < 59_995) return `${Number((milliseconds / 1000).toPrecision(3))} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return pair(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(minutes, 60, 'h', 'min')
  return pair(Math.round(minutes / 60), 24, 'd', 'h')
}

function pair(value: number, per: number, large: string, small: string): string {
  const rest = value % per
  const whole = `${Math.floor(value / per)} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${small}`
}
