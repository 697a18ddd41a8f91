import { unsupported } from '../telemetry/settings-unsupported.js'
import { type Variable, variables } from '../telemetry/settings-variables.js'
import { markdownTable } from './markdown-table.js'

/** Which variables stand together, by name; the first that fits has it. */
const groups: readonly (readonly [title: string, names: RegExp, text: string])[] = [
  [
    'Of orderscope itself',
    /^ORDERSCOPE_(?!SCRAPE_HOLDERS)/,
    'A name that begins with `ORDERSCOPE_` and is none of these is said at the start, with the one that was probably meant.',
  ],
  [
    'Where OTLP goes',
    /^OTEL_EXPORTER_OTLP_(?!TRACES_|METRICS_|LOGS_)|^OTEL_EXPORTER_OTLP_METRICS_(TEMPORALITY|DEFAULT_HISTOGRAM)/,
    "Each of them exists for one signal too, with `TRACES_`, `METRICS_` or `LOGS_` before the last part of its name (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`), and then wins for that signal. A signal's own endpoint is taken as it is; the general one gets `/v1/traces`, `/v1/metrics` or `/v1/logs` appended. gRPC uses scheme, host and port; where the scheme isn't said, `OTEL_EXPORTER_OTLP_INSECURE` decides.",
  ],
  [
    'Where metrics are served, and how often they go out',
    /^OTEL_(EXPORTER_PROMETHEUS|METRIC_|METRICS_EXEMPLAR)/,
    'A child process of a preloaded one inherits these variables; where the port is taken by its ancestor it takes any free one and says which.',
  ],
  [
    'How much one record may hold',
    /^OTEL_.*_LIMIT$/,
    'What is beyond a limit is cut or left out, and counted on the record.',
  ],
  [
    "OpenTelemetry's own instrumentations",
    /^OTEL_NODE_/,
    'Names are those of the packages without `@opentelemetry/instrumentation-`. `OTEL_INSTRUMENTATION_HTTP_ENABLED=false` turns one of them off.',
  ],
]

const general = 'The service, its traces and where they go'
const perSignal = /^OTEL_EXPORTER_OTLP_(TRACES|METRICS|LOGS)_(?!TEMPORALITY|DEFAULT_HISTOGRAM)/

/** docs/settings.md: every environment variable that is read, from the table that reads them. */
export function settingsPage(): string {
  const all = Object.entries<Pick<Variable<unknown>, 'mustBe' | 'otherwise'>>(variables)
  const rest = all.filter(([name]) => !perSignal.test(name) && name !== 'ORDERSCOPE_SCRAPE_HOLDERS')
  const parts = [
    '# Settings',
    "Nothing has to be set. What is set by code (`startTelemetry({ … })`) wins over the environment; a variable that can't be read is told in one sentence on stderr, with what to write instead, and counts as not set.",
  ]
  const section = (title: string, text: string | undefined, names: typeof rest) => {
    parts.push(`## ${title}`)
    if (text !== undefined) parts.push(text)
    const rows = names.map(([name, { mustBe, otherwise }]) => [`\`${name}\``, mustBe, otherwise])
    parts.push(markdownTable(['variable', 'what it may be', 'when it is not set'], rows))
  }
  const grouped = groups.map(([, names]) => rest.filter(([name]) => names.test(name)))
  section(
    general,
    'The standard variables mean what they mean everywhere.',
    rest.filter(variable => !grouped.flat().includes(variable)),
  )
  groups.forEach(([title, , text], i) => {
    section(title, text, grouped[i]!)
  })
  parts.push(
    '## What has no effect',
    "Standard variables and values that are told at the start when they are set. `OTEL_CONFIG_FILE` isn't read either.",
    markdownTable(['variable', 'instead'], [...withoutEffect(), ...unavailableValues()]),
  )
  return `${parts.join('\n\n')}\n`
}

function withoutEffect(): string[][] {
  return Object.entries(unsupported).map(([name, instead]) => [`\`${name}\``, instead])
}

/** Known values that can't be had, of variables that are read. */
function unavailableValues(): string[][] {
  return Object.entries<Pick<Variable<unknown>, 'unavailable'>>(variables).flatMap(([name, { unavailable = {} }]) =>
    Object.entries(unavailable).map(([value, instead]) => [`\`${name}=${value}\``, instead]),
  )
}
