/** A sample of a text exposition. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: string
    readonly time: string
  }
}

/** A parsed exposition. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>
  readonly units: ReadonlyMap<string, string>
  readonly help: ReadonlyMap<string, string>
  readonly samples: readonly Sample[]
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
  info: ['_info'],
  unknown: [''],
}

const NUMBER = /^(NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?)$/

/** A strict parser of both formats; throws where a scraper could stumble. */
export function parseExposition(text: string, format: 'text' | 'openmetrics'): Exposition {
  const types = new Map<string, string>()
  const units = new Map<string, string>()
  const help = new Map<string, string>()
  const samples: Sample[] = []
  const seen = new Set<string>()
  const finished = new Set<string>()
  let current = ''
  if (text === '' && format === 'text') return { types, units, help, samples }
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const lines = text.slice(0, -1).split('\n')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF at the end')

  const enter = (family: string) => {
    if (family === current) return
    if (finished.has(family)) throw new Error(`family ${family} is told twice`)
    finished.add(family)
    current = family
  }

  for (const line of lines) {
    const meta = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]*)$/.exec(line)
    if (meta !== null) {
      const [, key, family, rest] = meta as unknown as [string, string, string, string]
      enter(family)
      const into = { TYPE: types, UNIT: units, HELP: help }[key]!
      if (into.has(family)) throw new Error(`${key} of ${family} twice`)
      if (samples.some(sample => familyOf(sample.name, types, format) === family))
        throw new Error(`${key} after samples`)
      if (key === 'UNIT' && !family.endsWith(`_${rest}`)) throw new Error(`${family} doesn't end in its unit ${rest}`)
      if (key === 'HELP' && /(^|[^\\])(\\\\)*"/.test(rest) && format === 'openmetrics')
        throw new Error(`quote in ${line}`)
      into.set(family, rest)
      continue
    }
    const sample = parseSample(line)
    const family = familyOf(sample.name, types, format)
    if (family === undefined) throw new Error(`no family for ${line}`)
    if (family !== current) throw new Error(`${line} stands in family ${current}`)
    const identity = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(identity)) throw new Error(`told twice: ${line}`)
    seen.add(identity)
    if (sample.exemplar !== undefined && (format === 'text' || !/_(total|bucket)$/.test(sample.name))) {
      throw new Error(`an exemplar has no place in ${line}`)
    }
    samples.push(sample)
  }
  return { types, units, help, samples }
}

function familyOf(
  name: string,
  types: ReadonlyMap<string, string>,
  format: 'text' | 'openmetrics',
): string | undefined {
  for (const [family, type] of types) {
    const allowed = format === 'text' && type !== 'histogram' ? [''] : suffixes[type]!
    if (allowed.some(suffix => name === family + suffix)) return family
  }
  return undefined
}

function parseSample(line: string): Sample {
  const [name, afterName] = take(line, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)
  const [labels, afterLabels] = parseLabels(afterName)
  const [value, afterValue] = take(afterLabels, /^ [^ ]+/)
  if (!NUMBER.test(value.slice(1))) throw new Error(`not a number: ${value} in ${line}`)
  if (afterValue === '') return { name, labels, value: value.slice(1) }
  if (!afterValue.startsWith(' # ')) throw new Error(`what is ${afterValue}?`)
  const [exemplarLabels, rest] = parseLabels(afterValue.slice(3))
  const match = /^ ([^ ]+) (\d+\.\d{3})$/.exec(rest)
  if (match === null || !NUMBER.test(match[1]!)) throw new Error(`not an exemplar: ${afterValue}`)
  return {
    name,
    labels,
    value: value.slice(1),
    exemplar: { labels: exemplarLabels, value: match[1]!, time: match[2]! },
  }
}

function parseLabels(text: string): [Record<string, string>, string] {
  const labels: Record<string, string> = {}
  if (!text.startsWith('{')) return [labels, text]
  let rest = text.slice(1)
  while (!rest.startsWith('}')) {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,(?!\})|(?=\}))/.exec(rest)
    if (match === null) throw new Error(`not a label: ${rest}`)
    const [whole, label, value] = match as unknown as [string, string, string]
    if (Object.hasOwn(labels, label)) throw new Error(`label ${label} twice`)
    labels[label] = value.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char))
    rest = rest.slice(whole.length)
  }
  return [labels, rest.slice(1)]
}

function take(text: string, pattern: RegExp): [string, string] {
  const match = pattern.exec(text)
  if (match === null) throw new Error(`${pattern} doesn't fit ${text}`)
  return [match[0], text.slice(match[0].length)]
}
