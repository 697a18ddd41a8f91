/*
 * Bucket boundaries in seconds (https://opentelemetry.io/docs/specs/semconv/general/metrics/#instrument-units).
 * A p99 that should mean something needs boundaries on both sides of where it lies, so they are as narrow as
 * what is measured: work inside a process, a venue's answer, an order that rests.
 */

/** Work inside one process: 1 µs to 100 ms. */
export const internalBuckets = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1,
] as const

/** Requests that a venue answers: 0.1 ms to 30 s. */
export const venueBuckets = [
  1e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const

/** Orders that rest in a book: 10 ms to a day. */
export const restingBuckets = [0.01, 0.1, 1, 10, 60, 600, 3600, 86400] as const

/** Quantities in units of the instrument: a thousandth of a coin to a million shares. */
export const quantityBuckets = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 50, 100, 1000, 10_000, 100_000, 1_000_000] as const

/** Local time − venue time, 1 ms to a minute; below zero the venue's clock is ahead. */
export const lagBuckets = [
  -10, -1, -0.1, -0.01, -1e-3, 0, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const
