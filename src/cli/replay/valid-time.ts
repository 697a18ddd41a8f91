/** Nanoseconds since 1970 are 64 bits in OTLP: until the year 2554. */
const LATEST = 18_446_744_073_709

/** Milliseconds since 1970 that can be shown and sent; `undefined` for anything else. */
export function validTime(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= LATEST ? value : undefined
}
