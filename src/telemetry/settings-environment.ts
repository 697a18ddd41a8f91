import { enabledVariableOf, instrumentationNames } from './instrumentation-names.js'
import { nearestName } from './nearest-name.js'
import { unsupportedProblems } from './settings-unsupported.js'
import { parseSwitch } from './settings-values.js'
import { type Variable, type VariableName, type VariableValues, variables } from './settings-variables.js'

/** What an environment says, and what was wrong with it. */
export interface EnvironmentReading {
  readonly values: VariableValues
  /** Instrumentations turned on or off by a variable of their own. */
  readonly instrumentations: ReadonlyMap<string, boolean>
  /** One sentence for each mistake, in the order of the environment. */
  readonly problems: readonly string[]
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads every variable of the table; a bad value is a problem and counts as not set. */
export function readEnvironment(environment: Environment): EnvironmentReading {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const name of Object.keys(variables) as VariableName[]) {
    const text = environment[name]?.trim()
    if (text === undefined) continue
    const variable: Variable<unknown> = variables[name]
    if (text === '' && variable.emptyCounts !== true) continue
    const value = variable.parse(text)
    if (value !== undefined) values[name] = value
    else problems.push(problemOf(name, variable, text))
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('ORDERSCOPE_') && !Object.hasOwn(variables, name)) problems.push(unknownName(name))
  }
  problems.push(...configurationFileProblems(environment), ...unsupportedProblems(environment))
  return { values: values as VariableValues, instrumentations: readInstrumentations(environment, problems), problems }
}

function problemOf(name: string, variable: Variable<unknown>, text: string): string {
  const shown = variable.secret ? 'unreadable (its value is not shown)' : `"${shortened(text)}"`
  const word = text
    .toLowerCase()
    .split(',')
    .map(part => part.trim())
    .find(part => variable.unavailable !== undefined && Object.hasOwn(variable.unavailable, part))
  const instead =
    word === undefined ? `it must be ${variable.mustBe.replaceAll('`', '')}` : variable.unavailable![word]!
  return `${name} is ${shown}; ${instead}. It counts as not set: ${variable.otherwise}.`
}

function unknownName(name: string): string {
  const known = Object.keys(variables).filter(each => each.startsWith('ORDERSCOPE_') && !each.endsWith('_HOLDERS'))
  const meant = nearestName(name, known)
  return `${name} is no setting of orderscope${
    meant === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${meant}?`
  }`
}

/** `OTEL_INSTRUMENTATION_<NAME>_ENABLED` for every instrumentation there is. */
function readInstrumentations(environment: Environment, problems: string[]): ReadonlyMap<string, boolean> {
  const switched = new Map<string, boolean>()
  for (const instrumentation of instrumentationNames) {
    const name = enabledVariableOf(instrumentation)
    const text = environment[name]?.trim()
    if (text === undefined || text === '') continue
    const value = parseSwitch(text)
    if (value !== undefined) switched.set(instrumentation, value)
    else problems.push(`${name} is "${shortened(text)}"; it must be true or false. It counts as not set.`)
  }
  for (const name of ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'OTEL_NODE_DISABLED_INSTRUMENTATIONS']) {
    for (const word of (environment[name] ?? '').split(',').map(each => each.trim())) {
      if (word === '' || instrumentationNames.includes(word)) continue
      const meant = nearestName(word.replace('@opentelemetry/instrumentation-', ''), instrumentationNames)
      const instead = meant === undefined ? 'there is no instrumentation of that name' : `did you mean ${meant}?`
      problems.push(`${name} names "${shortened(word)}"; ${instead}`)
    }
  }
  return switched
}

function configurationFileProblems(environment: Environment): string[] {
  const name = ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'].find(each => environment[each])
  if (name === undefined) return []
  return [`${name} is not supported; write the settings as OTEL_* variables, or pass them to startTelemetry()`]
}

/** A huge value must not fill the terminal, nor may control characters move its cursor. */
function shortened(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const clean = text.replace(/[\x00-\x1f\x7f-\x9f]/g, '?')
  return clean.length > 120 ? `${clean.slice(0, 117)}...` : clean
}
