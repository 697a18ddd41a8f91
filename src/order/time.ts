import type { HrTime } from '@opentelemetry/api'

/**
 * Now, in milliseconds since 1970 with fractions, by the monotonic clock: durations never run backwards. Both are looked
 * at each time, since fake timers replace both.
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
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
