/**
 * Venue time that runs against the sequence by more than this means that the sequence began anew (a session of the
 * next day); by less, that the venue's clocks disagree.
 */
const SESSION_GAP_MS = 60_000

/** Where an event stands in the venue's own order. */
export interface VenueOrder {
  readonly sequence?: number | bigint | undefined
  readonly venueTime?: number | undefined
}

/**
 * Negative when `left` happened before `right` by the venue's sequence, else by its time; positive when after; 0
 * when the venue doesn't say, and arrival decides.
 */
export function compareVenueOrder(left: VenueOrder, right: VenueOrder): number {
  const time =
    left.venueTime === undefined || right.venueTime === undefined ? undefined : left.venueTime - right.venueTime
  if (left.sequence === undefined || right.sequence === undefined) return time ?? 0
  const sequence = left.sequence < right.sequence ? -1 : left.sequence > right.sequence ? 1 : 0
  if (time !== undefined && sequence !== 0 && time * sequence < 0 && Math.abs(time) > SESSION_GAP_MS) return time
  return sequence
}
