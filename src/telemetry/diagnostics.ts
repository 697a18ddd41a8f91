import { inspect } from 'node:util'
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { say, sayOnce } from './said.js'
import type { LogLevel } from './settings.js'

const levels: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
}

/**
 * Shows OpenTelemetry's own messages on stderr (upstream's console logger would write into the host's stdout),
 * from `level` on; without one they stay silent, but for an SDK of the application's own that the API refused: it
 * only logs that.
 */
export function showDiagnostics(level: LogLevel | undefined): void {
  const write =
    (name: string, shown: boolean) =>
    (message: unknown, ...details: unknown[]) => {
      if (shown)
        say(
          `${name}: ${[message, ...details].map(each => (typeof each === 'string' ? each : inspect(each))).join(' ')}`,
        )
    }
  const threshold = level === undefined ? DiagLogLevel.NONE : levels[level]
  const at = (name: string, own: DiagLogLevel) => write(name, threshold >= own)
  const error = at('error', DiagLogLevel.ERROR)
  const logger: DiagLogger = {
    error: (message, ...details) => {
      noticeSecondSdk(message)
      error(message, ...details)
    },
    warn: at('warn', DiagLogLevel.WARN),
    info: at('info', DiagLogLevel.INFO),
    debug: at('debug', DiagLogLevel.DEBUG),
    verbose: at('verbose', DiagLogLevel.VERBOSE),
  }
  diag.setLogger(logger, { logLevel: Math.max(threshold, DiagLogLevel.ERROR), suppressOverrideMessage: true })
}

function noticeSecondSdk(message: unknown): void {
  const text = message instanceof Error ? message.message : String(message)
  if (!text.includes('Attempted duplicate registration of API')) return
  sayOnce(
    'second_sdk',
    "the application starts another OpenTelemetry SDK that can't be joined, since it comes second or with another copy of @opentelemetry/api, and gets nothing. Keep one copy (npm dedupe) and one SDK",
  )
}
