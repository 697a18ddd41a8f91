import { nearestName } from '../telemetry/nearest-name.js'
import { VERSION } from '../version.js'
import type { CliIo } from './io.js'
import { UsageError } from './usage-error.js'

interface Command {
  readonly usage: string
  readonly brief: string
  /** Its module is loaded when it is asked for. */
  run(args: readonly string[], io: CliIo): Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  catalog: {
    usage: 'catalog [--json] [FILE]',
    brief: 'print every metric, span, event and attribute, or those that a module of yours defines',
    run: async (args, io) => (await import('./catalog.js')).runCatalog(args, io),
  },
  replay: {
    usage: 'replay [--json] [--otlp URL] [--diff HISTORY [--exit-code]] FILE',
    brief: 'read a FIX log, or order events as NDJSON: what became of every order; as traces; against a venue',
    run: async (args, io) => (await import('./replay.js')).runReplay(args, io),
  },
  doctor: {
    usage: 'doctor [--json] [--clock URL] [ENTRY]',
    brief: 'look for what keeps telemetry from arriving, and say what to do; ENTRY is the file that starts the bot',
    run: async (args, io) => (await import('./doctor.js')).runDoctor(args, io),
  },
  top: {
    usage: 'top [PID|URL]',
    brief: 'watch a running bot, also while its loop hangs',
    run: async (args, io) => (await import('./top.js')).runTop(args, io),
  },
  help: {
    usage: 'help',
    brief: 'print this page',
    run: async (_args, io) => {
      io.stdout.write(helpText())
      return 0
    },
  },
  version: {
    usage: 'version',
    brief: 'print the version',
    run: async (_args, io) => {
      io.stdout.write(`${VERSION}\n`)
      return 0
    },
  },
}

const flags: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
}

/**
 * Runs one command of `orderscope` and gives its exit code: 0, 1 when it could not do its work, 2 when the
 * command line was wrong.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const [first, ...rest] = args
  if (first === undefined) {
    io.stderr.write(helpText())
    return 2
  }
  const name = flags[first] ?? first
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const near = nearestName(name, Object.keys(commands))
    const hint = near === undefined ? 'npx orderscope help lists what there is' : `did you mean "${near}"?`
    io.stderr.write(`orderscope: "${first}" is not a command; ${hint}\n`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(`orderscope ${command.usage}\n  ${command.brief}\n`)
    return 0
  }
  try {
    return await command.run(rest, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`orderscope ${error.message}\n`)
    return 2
  }
}

function helpText(): string {
  const width = Math.max(...Object.values(commands).map(command => command.usage.length))
  const lines = Object.values(commands).map(command => `  orderscope ${command.usage.padEnd(width)}  ${command.brief}`)
  return [
    `orderscope ${VERSION}: OpenTelemetry for trading systems`,
    '',
    ...lines,
    '',
    'Telemetry for an application: node --import orderscope/register app.js',
    '',
  ].join('\n')
}
