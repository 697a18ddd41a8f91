/** One line of `/metrics`. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What a scrape brought, by the name of the sample. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

/** Without the exemplar, which may follow. */
const line = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads the text format of Prometheus; lines that are none of it are skipped. */
export function readExposition(text: string): Samples {
  const samples = new Map<string, Sample[]>()
  for (const row of text.split('\n')) {
    if (row.startsWith('#')) continue
    const match = line.exec(row)
    if (match === null) continue
    const [, name = '', inner = '', number = ''] = match
    const labels: Record<string, string> = {}
    for (const [, key = '', value = ''] of inner.matchAll(label)) labels[key] = unescaped(value)
    const list = samples.get(name)
    const sample = { labels, value: numberOf(number) }
    if (list === undefined) samples.set(name, [sample])
    else list.push(sample)
  }
  return samples
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
