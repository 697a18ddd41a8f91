import { UsageError } from '../usage-error.js'

/** What `replay` was asked for. */
export interface ReplayArguments {
  readonly file: string
  readonly json: boolean
  /** Base address of the collector that gets the traces. */
  readonly otlp: string | undefined
  /** The venue's history that the fills are compared with. */
  readonly diff: string | undefined
  /** Differences show in the exit code. */
  readonly exitCode: boolean
}

const flags = ['--json', '--exit-code'] as const
const valued = {
  '--otlp': "the collector's address, such as --otlp http://localhost:4318",
  '--diff': 'the file of the history, such as --diff trades.json',
} as const

type Flag = (typeof flags)[number]
type Valued = keyof typeof valued

/**
 * Reads the command line of `replay`.
 *
 * @throws {UsageError} with a sentence that says what to write instead.
 */
export function readArguments(args: readonly string[]): ReplayArguments {
  const files: string[] = []
  const given = new Set<Flag>()
  const values = new Map<Valued, string>()
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!
    if (arg === '--') {
      files.push(...args.slice(index + 1))
      break
    }
    if (!arg.startsWith('-')) {
      files.push(arg)
      continue
    }
    const equals = arg.indexOf('=')
    const name = equals === -1 ? arg : arg.slice(0, equals)
    if (equals === -1 && isFlag(name)) given.add(name)
    else if (isValued(name)) {
      const value = equals === -1 ? args[++index] : arg.slice(equals + 1)
      if (value === undefined || value === '') throw new UsageError(`replay: ${name} needs ${valued[name]}`)
      values.set(name, value)
    } else {
      throw new UsageError(
        `replay: "${arg}" is not an option; there are --json, --otlp URL, --diff HISTORY, --exit-code, and a file whose name begins with - goes after --`,
      )
    }
  }
  const [file] = files
  if (file === undefined || file === '') {
    throw new UsageError(
      'replay: which log? write npx orderscope replay FILE, with the path of a FIX log, or of order events as NDJSON',
    )
  }
  if (files.length > 1)
    throw new UsageError(`replay: one file at a time, not ${files.length}; write npx orderscope replay ${file}`)
  if (given.has('--exit-code') && !values.has('--diff')) {
    throw new UsageError('replay: --exit-code goes with --diff HISTORY')
  }
  return {
    file,
    json: given.has('--json'),
    otlp: checkedUrl(values.get('--otlp')),
    diff: values.get('--diff'),
    exitCode: given.has('--exit-code'),
  }
}

function checkedUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isHttp) throw new UsageError(`replay: --otlp "${text}" is no address; write ${valued['--otlp']}`)
  // the path of the signal is appended
  return text.replace(/\/v1\/traces\/?$/, '')
}

function isFlag(name: string): name is Flag {
  return (flags as readonly string[]).includes(name)
}

function isValued(name: string): name is Valued {
  return Object.hasOwn(valued, name)
}
