const sparks = '▁▂▃▄▅▆▇█'
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** The latest `width` values as a line of small columns; the highest one fills its row. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width)
  const highest = Math.max(...shown, 0)
  const columns = shown.map(value => {
    if (value <= 0 || highest === 0) return sparks[0]!
    return sparks[Math.min(sparks.length - 1, Math.ceil((value / highest) * sparks.length) - 1)]!
  })
  return columns.join('').padStart(width)
}

/** A bar of at most `width` columns, in eighths of a column; what isn't 0 is seen. */
export function bar(share: number, width: number): string {
  const size = Math.min(1, Math.max(0, share)) * width
  const whole = Math.floor(size)
  const rest = eighths[Math.floor((size - whole) * 8)]!
  const text = '█'.repeat(whole) + rest
  return text === '' && share > 0 ? eighths[1]! : text
}

/** `0.25 ms`, `12 ms`, `1.4 s`; `–` for nothing. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '–'
  if (seconds === 0) return '0 s'
  const ms = seconds * 1000
  if (ms < 0.0995) return `${(ms * 1000).toPrecision(2)} µs`
  if (ms < 9.95) return `${ms.toPrecision(2)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  return seconds < 99.5 ? `${seconds.toPrecision(3)} s` : `${Math.round(seconds)} s`
}

/** `0`, `0.4`, `12`, `3400`. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0'
  return perSecond < 9.95 ? perSecond.toFixed(1) : perSecond.toFixed(0)
}
