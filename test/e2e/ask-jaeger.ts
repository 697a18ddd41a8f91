export interface JaegerSpan {
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  readonly service: string
  readonly tags: Readonly<Record<string, unknown>>
}

export interface JaegerTrace {
  readonly traceId: string
  readonly spans: readonly JaegerSpan[]
}

interface Told {
  readonly traceID: string
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
  readonly spans: readonly {
    readonly spanID: string
    readonly operationName: string
    readonly processID: string
    readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[]
    readonly tags: readonly { readonly key: string; readonly value: unknown }[]
  }[]
}

const MAX_TRACES = 5000

/** Jaeger's HTTP API. */
export class Jaeger {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** The trace, or `undefined` where Jaeger has none of that id. */
  async trace(traceId: string): Promise<JaegerTrace | undefined> {
    const response = await fetch(`${this.#url}/api/traces/${traceId}`)
    if (response.status === 404) return undefined
    const { data } = (await response.json()) as { data: Told[] }
    return data[0] && read(data[0])
  }

  async search(
    service: string,
    operation: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<JaegerTrace[]> {
    const { data } = await this.#ask('traces', {
      service,
      operation,
      lookback: '1h',
      limit: String(MAX_TRACES),
      ...(Object.keys(tags).length > 0 && { tags: JSON.stringify(tags) }),
    })
    return (data as Told[]).map(read)
  }

  async services(): Promise<string[]> {
    return (await this.#ask('services', {})).data as string[]
  }

  /**
   * Who calls whom, as `parent → child`. Jaeger on badger works it out from the hundred newest traces.
   *
   * @param end of the time that is looked at, in milliseconds since 1970
   */
  async dependencies(end: number): Promise<string[]> {
    const endTs = String(Math.round(end))
    const { data } = await this.#ask('dependencies', { endTs, lookback: '3600000' })
    return (data as { parent: string; child: string }[]).map(({ parent, child }) => `${parent} → ${child}`)
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<{ data: unknown }> {
    const response = await fetch(`${this.#url}/api/${path}?${new URLSearchParams(parameters)}`)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { data: unknown }
  }
}

function read({ traceID, processes, spans }: Told): JaegerTrace {
  return {
    traceId: traceID.padStart(32, '0'),
    spans: spans.map(({ spanID, operationName, processID, references, tags }) => ({
      spanId: spanID,
      parentId: references.find(({ refType, traceID: of }) => refType === 'CHILD_OF' && of === traceID)?.spanID,
      name: operationName,
      service: processes[processID]!.serviceName,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    })),
  }
}

/** Which service calls which in a trace, as `from → to`. */
export function callsOf({ spans }: JaegerTrace): Set<string> {
  const byId = new Map(spans.map(span => [span.spanId, span]))
  const calls = spans.flatMap(span => {
    const parent = byId.get(span.parentId ?? '')
    return parent === undefined || parent.service === span.service ? [] : [`${parent.service} → ${span.service}`]
  })
  return new Set(calls)
}
