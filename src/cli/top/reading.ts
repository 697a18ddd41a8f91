import type { Liveness } from '../../export/health-report.js'
import { httpGet } from '../http-get.js'
import { readExposition, type Samples } from './exposition.js'

/** Longer than a collection waits for an application whose loop doesn't turn. */
const TIMEOUT_MS = 6000

/** What `/healthz` says besides the loop's state. */
export interface HealthDetails {
  readonly pid?: number
  readonly loopAgeSeconds?: number
  readonly waiting?: { readonly spans: number; readonly logs: number }
  readonly otlp?: Readonly<Record<string, { readonly to: string; readonly status: string }>>
}

/** One look at a process. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly live: Liveness
  readonly ready: string
  readonly details: HealthDetails
  readonly samples: Samples
}

/** The health report of a process with orderscope; rejects with a sentence where there is none. */
export async function readHealth(url: string, signal: AbortSignal): Promise<Omit<Reading, 'at' | 'samples'>> {
  const { text } = await httpGet(`${url}/healthz`, signal)
  let report: { live?: Liveness; ready?: { status?: string }; details?: HealthDetails }
  try {
    report = JSON.parse(text)
  } catch {
    throw new Error('what answers there is no process with orderscope')
  }
  const { live, ready, details } = report
  if (typeof live?.status !== 'string' || details === undefined) {
    throw new Error('what answers there is no process with orderscope')
  }
  return { live, ready: ready?.status ?? '', details }
}

/** Health and metrics; rejects with what is wrong. */
export async function takeReading(url: string, signal: AbortSignal): Promise<Reading> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  const [health, { text }] = await Promise.all([readHealth(url, either), httpGet(`${url}/metrics`, either)])
  return { at: Date.now(), ...health, samples: readExposition(text) }
}
