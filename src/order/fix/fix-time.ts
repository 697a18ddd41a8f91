const TIMESTAMP =
  /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})[-T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))?$/

/**
 * Milliseconds since 1970 of a FIX UTCTimestamp (`20261121-03:57:18.519`, to picoseconds), or of what engines write
 * in front of messages; a leap second counts as the next one. `undefined` for anything else.
 */
export function parseFixTime(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined
  const match = TIMESTAMP.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '0', sign, offsetHours, offsetMinutes] = match
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31 || Number(hour) > 24)
    return undefined
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const offset =
    sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return whole - offset + Number(`0.${fraction}`) * 1000
}
