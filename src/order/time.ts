import type { HrTime } from '@opentelemetry/api'

// a getter that checks its receiver at each look
const { timeOrigin } = performance

/** Now, in milliseconds since 1970 with fractions, by the monotonic clock: durations never run backwards. */
export function now(): number {
  return timeOrigin + performance.now()
}

/** Milliseconds since 1970 as OpenTelemetry's [seconds, nanoseconds], which keeps the fractions that a double has. */
export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)]
}
