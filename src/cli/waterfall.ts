/** One bar of a waterfall. Times are milliseconds on one clock. */
export interface WaterfallStage {
  readonly name: string
  /** Who does the work: a service, the venue. */
  readonly where?: string
  readonly startTime: number
  readonly endTime: number
  /** What is said beside the bar. */
  readonly note?: string
  /** The stage hasn't ended: its bar goes to the right edge. */
  readonly isOpen?: boolean
}

/** An order as a picture. */
export interface Waterfall {
  /** Left on the first line: which order. */
  readonly title: string
  /** Right on the first line: what became of it. */
  readonly result: string
  readonly stages: readonly WaterfallStage[]
  /** Below the bars: what was odd. */
  readonly remarks?: readonly string[]
  /** Right on the last line: where to find more (a trace id). */
  readonly reference?: string
}

const DEFAULT_WIDTH = 120
const SLOWEST_SHOWN = 4

/**
 * Draws an order's stages as bars over time, the slowest marked.
 *
 * @param width - columns of the terminal
 */
export function drawWaterfall(waterfall: Waterfall, width = DEFAULT_WIDTH): string[] {
  const { title, result, stages, remarks = [], reference } = waterfall
  const start = Math.min(...stages.map(stage => stage.startTime))
  const end = Math.max(...stages.map(stage => stage.endTime))
  const total = stages.length === 0 ? 0 : end - start
  const slowest = rank(stages)
  const lines = [spread([printable(title), printable(result), stages.length === 0 ? '' : formatDuration(total)], width)]
  if (slowest.length > 1) lines.push(`  slowest: ${slowest.slice(0, SLOWEST_SHOWN).map(stage => share(stage, total)).join(', ')}`)
  const nameWidth = columnOf(stages, stage => stage.name)
  const whereWidth = columnOf(stages, stage => stage.where ?? '')
  const noteWidth = columnOf(stages, stage => stage.note ?? '')
  const taken = 2 + nameWidth + 2 + (whereWidth === 0 ? 0 : whereWidth + 2) + (noteWidth === 0 ? 0 : noteWidth + 2) + 10 + 11
  const barWidth = Math.max(16, width - taken)
  for (const stage of stages) {
    const mark = stage === slowest[0] && stages.length > 1 ? '  ◀ slowest' : ''
    const duration = stage.isOpen ? 'no end' : formatDuration(stage.endTime - stage.startTime)
    const where = whereWidth === 0 ? '' : `${pad(printable(stage.where ?? ''), whereWidth)}  `
    const note = noteWidth === 0 ? '' : `  ${pad(printable(stage.note ?? ''), noteWidth)}`
    const bar = drawBar(stage.startTime - start, stage.endTime - start, total, barWidth)
    lines.push(`  ${pad(printable(stage.name), nameWidth)}  ${where}${bar}${note}${duration.padStart(10)}${mark}`)
  }
  for (const remark of remarks) lines.push(`  ⚠ ${printable(remark)}`)
  if (reference !== undefined) lines.push(`  ${printable(reference)}`)
  return lines
}

/** A duration with its unit, three figures: `48.2 ms`, `1.5 s`, `3.0 h`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '?'
  const sign = milliseconds < 0 ? '-' : ''
  const value = Math.abs(milliseconds)
  if (value < 1) return `${sign}${Math.round(value * 1000)} µs`
  if (value < 1000) return `${sign}${value.toFixed(1)} ms`
  if (value < 60_000) return `${sign}${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`
  if (value < 3_600_000) return `${sign}${(value / 60_000).toFixed(1)} min`
  if (value < 172_800_000) return `${sign}${(value / 3_600_000).toFixed(1)} h`
  return `${sign}${(value / 86_400_000).toFixed(1)} d`
}

/** Text for a terminal: what would move its cursor or break its lines is shown as a dot. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '·')
}

function rank(stages: readonly WaterfallStage[]): WaterfallStage[] {
  return stages
    .filter(stage => stage.endTime > stage.startTime)
    .sort((left, right) => right.endTime - right.startTime - (left.endTime - left.startTime))
}

function share(stage: WaterfallStage, total: number): string {
  const duration = stage.endTime - stage.startTime
  const percent = total > 0 ? ` (${Math.round((duration / total) * 100)} %)` : ''
  return `${printable(stage.name)} ${formatDuration(duration)}${percent}`
}

/** Half a column is the finest step; the shortest stage is still seen. */
function drawBar(from: number, to: number, total: number, width: number): string {
  const halves = width * 2
  const scale = total > 0 ? halves / total : 0
  const first = Math.min(halves - 1, Math.floor(from * scale))
  const last = Math.max(first + 1, Math.min(halves, Math.round(to * scale)))
  let bar = ''
  for (let column = 0; column < width; column++) {
    const left = column * 2 >= first && column * 2 < last
    const right = column * 2 + 1 >= first && column * 2 + 1 < last
    bar += left ? (right ? '█' : '▌') : right ? '▐' : ' '
  }
  return bar
}

function columnOf(stages: readonly WaterfallStage[], text: (stage: WaterfallStage) => string): number {
  return stages.reduce((width, stage) => Math.max(width, printable(text(stage)).length), 0)
}

function pad(text: string, width: number): string {
  return text.padEnd(width)
}

/** Left, middle, right on one line; what doesn't fit is put one after the other. */
function spread(parts: readonly [string, string, string], width: number): string {
  const [left, middle, right] = parts
  const free = width - left.length - middle.length - right.length
  if (free < 4) return [left, middle, right].filter(part => part !== '').join('   ')
  return `${left}${' '.repeat(Math.ceil(free / 2))}${middle}${' '.repeat(Math.floor(free / 2))}${right}`.trimEnd()
}
