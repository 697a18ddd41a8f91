import { parseArgs } from 'node:util'

/**
 * The options of a service, by name with their defaults: each is a flag (`--rest-ms 2000`) or an environment variable
 * (`DESK_REST_MS=2000`), as containers are told; the flag wins. One without a default has to be given.
 *
 * @param prefix of the variables
 */
export function readOptions<Name extends string>(
  prefix: string,
  defaults: Readonly<Record<Name, string | undefined>>,
): Record<Name, string> {
  const names = Object.keys(defaults) as Name[]
  const { values } = parseArgs({ options: Object.fromEntries(names.map(name => [name, { type: 'string' as const }])) })
  const read = (name: Name) => {
    const variable = `${prefix}_${name.toUpperCase().replaceAll('-', '_')}`
    const value = values[name] ?? (process.env[variable] || defaults[name])
    if (value !== undefined) return String(value)
    console.error(`--${name} is missing; give it as a flag or as ${variable}.`)
    process.exit(1)
  }
  return Object.fromEntries(names.map(name => [name, read(name)])) as Record<Name, string>
}
