export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

interface Exemplar {
  readonly labels: Readonly<Record<string, string>>
}

export interface Rule {
  readonly name: string
  readonly type: 'alerting' | 'recording'
  readonly health: string
  readonly lastError?: string
}

/** Prometheus's HTTP API. */
export class Prometheus {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async query(query: string): Promise<Series[]> {
    const { result, resultType } = await this.#ask('query', { query })
    if (resultType === 'scalar') return [{ metric: {}, value: Number(result[1]) }]
    return result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => {
      return { metric, value: Number(value[1]) }
    })
  }

  /** The values by one label. */
  async byLabel(query: string, label: string): Promise<Record<string, number>> {
    const series = await this.query(query)
    return Object.fromEntries(series.map(({ metric, value }) => [metric[label] ?? '', value]))
  }

  /** The one value; `undefined` where there is no series. */
  async value(query: string): Promise<number | undefined> {
    return (await this.query(query))[0]?.value
  }

  /** The labels of the exemplars of the last hour. */
  async exemplars(query: string): Promise<Exemplar['labels'][]> {
    const end = Date.now() / 1000
    const found = await this.#ask('query_exemplars', { query, start: String(end - 3600), end: String(end) })
    return found.flatMap(({ exemplars }: { exemplars: Exemplar[] }) => exemplars.map(({ labels }) => labels))
  }

  /** The names of all metrics that it has. */
  names(): Promise<string[]> {
    return this.#ask('label/__name__/values', {})
  }

  async rules(): Promise<Rule[]> {
    const { groups } = await this.#ask('rules', {})
    return groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
  }

  // biome-ignore lint/suspicious/noExplicitAny: each of its answers has another form
  async #ask(path: string, parameters: Record<string, string>): Promise<any> {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    // biome-ignore lint/suspicious/noExplicitAny: see above
    const { status, data, error } = (await response.json()) as any
    if (status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`)
    return data
  }
}
