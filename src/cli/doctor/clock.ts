import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../../telemetry/settings.js'
import { otlpSignals, redactedUrl } from '../../telemetry/settings-otlp.js'
import { httpGet } from '../http-get.js'
import type { Finding } from './finding.js'

const check = 'clock'
const TIMEOUT_MS = 3000
/** Spread over a second, the answers lie on both sides of the server's full second. */
const SAMPLES = 9
const PAUSE_MS = 120
/** Beyond it, times of a venue and times of this machine can't be compared. */
const TOLERABLE_MS = 500

/** One answer of a server: when it was asked, when it answered, and its `Date`, all in milliseconds since 1970. */
export interface ClockSample {
  readonly sentAt: number
  readonly receivedAt: number
  readonly date: number
}

/** How far this machine's clock is ahead of the server's, at least and at most. */
export interface ClockOffset {
  readonly leastMs: number
  readonly mostMs: number
}

/**
 * `Date` counts whole seconds: the server's clock was in [date, date + 1 s) at some time between asking and
 * answering. What all samples allow together is narrower than one second by far. `undefined`: they contradict one
 * another (several servers behind one name, a clock that was set meanwhile).
 */
export function clockOffset(samples: readonly ClockSample[]): ClockOffset | undefined {
  const leastMs = Math.max(...samples.map(({ sentAt, date }) => sentAt - date - 1000))
  const mostMs = Math.min(...samples.map(({ receivedAt, date }) => receivedAt - date))
  return leastMs <= mostMs ? { leastMs, mostMs } : undefined
}

/** Compares the clock with a server's: the one that is named, else a collector on another machine. */
export async function checkClock(url: string | undefined, settings: Settings): Promise<Finding> {
  const server = url ?? remoteCollector(settings)
  if (server === undefined) {
    const text = 'not compared with another: no collector on another machine is asked by HTTP'
    return { check, status: 'note', text, cure: 'name a server, such as a venue: --clock https://api.binance.com' }
  }
  const at = redactedUrl(server)
  const samples: ClockSample[] = []
  try {
    for (let i = 0; i < SAMPLES; i++) {
      if (i > 0) await sleep(PAUSE_MS)
      const sentAt = Date.now()
      const { headers } = await httpGet(server, AbortSignal.timeout(TIMEOUT_MS))
      const date = Date.parse(headers.date ?? '')
      if (Number.isNaN(date))
        return { check, status: 'note', text: `${at} doesn't say what time it is (no Date header)` }
      samples.push({ sentAt, receivedAt: Date.now(), date })
    }
  } catch (error) {
    return { check, status: 'note', text: `not compared: ${at} can't be asked (${(error as Error).message})` }
  }
  return judge(clockOffset(samples), at)
}

function judge(offset: ClockOffset | undefined, at: string): Finding {
  if (offset === undefined) return { check, status: 'note', text: `the answers of ${at} contradict one another` }
  const { leastMs, mostMs } = offset
  const middle = Math.round((leastMs + mostMs) / 2)
  const accuracy = Math.max(1, Math.round((mostMs - leastMs) / 2))
  const text = `this machine is ${Math.abs(middle)} ms ${middle < 0 ? 'behind' : 'ahead of'} ${at}, ± ${accuracy} ms`
  if (leastMs <= TOLERABLE_MS && mostMs >= -TOLERABLE_MS) return { check, status: 'ok', text }
  const cure =
    'synchronise the clock (timedatectl status; chrony or systemd-timesyncd): delays from venue times are wrong by as much'
  return { check, status: 'wrong', text, cure }
}

function remoteCollector({ exporters, otlp }: Settings): string | undefined {
  for (const signal of otlpSignals) {
    const { url, protocol } = otlp[signal]
    if (!(exporters[signal] as readonly string[]).includes('otlp') || protocol === 'grpc') continue
    if (!/^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname)) return new URL(url).origin
  }
  return undefined
}
