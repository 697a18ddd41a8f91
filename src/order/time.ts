import type { HrTime } from '@opentelemetry/api'

let clock = performance
// a getter that checks its receiver at each look: it takes as long as now() itself
let { timeOrigin } = clock

/** Now, in milliseconds since 1970 with fractions, by the monotonic clock: durations never run backwards. */
export function now(): number {
  const current = performance
  // fake timers of a test put a clock of their own in its place
  if (current !== clock) {
    clock = current
    timeOrigin = clock.timeOrigin
  }
  return timeOrigin + current.now()
}

/**
 * A time that is set before anybody looks. It is no 0 because V8 gives a field that begins as a number room of its own
 * beside each object; otherwise all times of one event are one number on the heap.
 */
export const SET_LATER = undefined as unknown as number

/** Milliseconds since 1970 as OpenTelemetry's [seconds, nanoseconds], which keeps the fractions that a double has. */
export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)]
}
