import { dirname, resolve } from 'node:path'
import { readSettings, type Settings } from '../telemetry/settings.js'
import { checkClock } from './doctor/clock.js'
import { checkCollector } from './doctor/collector.js'
import { checkEntry } from './doctor/entry-order.js'
import type { Finding } from './doctor/finding.js'
import { checkPackages } from './doctor/package-copies.js'
import { checkPermissions } from './doctor/permissions.js'
import { textReport } from './doctor/report.js'
import { checkScrapePort } from './doctor/scrape-port.js'
import { checkVersions } from './doctor/versions.js'
import type { CliIo } from './io.js'
import { UsageError } from './usage-error.js'

interface Arguments {
  readonly json: boolean
  readonly clock: string | undefined
  readonly entry: string | undefined
}

/**
 * `orderscope doctor`: looks at everything that keeps telemetry from arriving, in this environment and, with ENTRY,
 * in the sources of a bot. Gives 1 when something is wrong, else 0.
 */
export async function runDoctor(args: readonly string[], io: CliIo): Promise<number> {
  const { json, clock, entry } = readArguments(args)
  const directory = entry === undefined ? process.cwd() : dirname(resolve(entry))
  const settings = readSettings()
  const [port, collector, time] = settings.disabled
    ? [[], [], []]
    : await Promise.all([checkScrapePort(settings), checkCollector(settings), checkClock(clock, settings)])
  const findings = [
    checkVersions(directory),
    checkSettings(settings),
    checkPackages(directory),
    checkPermissions(directory),
    entry === undefined ? [] : checkEntry(entry),
    port,
    collector,
    time,
  ].flat()
  const wrong = findings.filter(({ status }) => status === 'wrong').length
  io.stdout.write(
    json ? `${JSON.stringify({ ok: wrong === 0, findings }, null, 2)}\n` : textReport(findings, io.stdout),
  )
  return wrong === 0 ? 0 : 1
}

function checkSettings({ disabled, problems }: Settings): Finding[] {
  const check = 'settings'
  const wrong = problems.map((text): Finding => ({ check, status: 'wrong', text: text.replace(/\.$/, '') }))
  if (disabled) {
    const cure = 'take OTEL_SDK_DISABLED out of the environment'
    return [...wrong, { check, status: 'note', text: 'OTEL_SDK_DISABLED turns all telemetry off', cure }]
  }
  if (wrong.length > 0) return wrong
  return [{ check, status: 'ok', text: 'every OTEL_* and ORDERSCOPE_* variable that is set can be used' }]
}

function readArguments(args: readonly string[]): Arguments {
  const rest = [...args]
  let json = false
  let clock: string | undefined
  const files: string[] = []
  while (rest.length > 0) {
    const arg = rest.shift()!
    if (arg === '--json') json = true
    else if (arg === '--clock' || arg.startsWith('--clock=')) {
      clock = arg === '--clock' ? rest.shift() : arg.slice('--clock='.length)
      if (clock === undefined || !/^https?:/.test(clock) || !URL.canParse(clock)) {
        throw new UsageError(
          `doctor: --clock is ${clock ?? 'nothing'}; write an address such as https://api.binance.com`,
        )
      }
    } else if (arg.startsWith('-')) {
      throw new UsageError(`doctor: "${arg}" is not an option; there are --json and --clock URL`)
    } else files.push(arg)
  }
  if (files.length > 1) throw new UsageError(`doctor: one file that starts the bot, not ${files.length}`)
  return { json, clock, entry: files[0] }
}
