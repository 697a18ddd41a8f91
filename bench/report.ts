import type { RowResult } from './measure.js'

const heading = ['work', 'peer', 'ours', 'theirs', 'unit', 'ratio', 'goal', '']

/** The rows as a table for a terminal. */
export function report(results: readonly RowResult[]): string {
  const lines = results.map(({ work, peer, ours, theirs, unit, ratio, goal, met }) => [
    work,
    peer,
    shown(ours),
    shown(theirs),
    unit,
    ratio === null ? '' : `${shown(ratio)} ×`,
    goal ?? '',
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ])
  const widths = heading.map((name, column) => Math.max(name.length, ...lines.map(line => line[column]!.length)))
  const numeric = new Set([2, 3, 5])
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (numeric.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [line(heading), line(widths.map(width => '─'.repeat(width))), ...lines.map(line)].join('\n')
}

function shown(value: number | null): string {
  return value === null ? '' : value.toLocaleString('en', { maximumFractionDigits: 3 })
}
