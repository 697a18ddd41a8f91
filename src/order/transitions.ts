import type { OrderStatus } from './event.js'

/**
 * Where an order stands, apart from its quantities: `working` is New, PartiallyFilled or Filled, as the executions
 * have it. "Pending cancel" and "pending replace" are no phases but an overlay (https://www.fixtrading.org/, FIX 5.0
 * SP2 volume 4, OrdStatus precedence).
 */
export type Phase =
  /** Known only from a request or a question of ours. */
  | 'unknown'
  | 'pending'
  | 'bidding'
  | 'working'
  | 'suspended'
  | 'stopped'
  | 'calculated'
  | 'done_for_day'
  | 'canceled'
  | 'expired'
  | 'rejected'

/** What can happen to a phase. */
export type PhaseEvent =
  | 'pending_new'
  | 'bidding'
  | 'accepted'
  | 'traded'
  | 'replaced'
  | 'restated'
  | 'suspended'
  | 'stopped'
  | 'calculated'
  | 'done_for_day'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'outcome_unknown'

/** A cell: the next phase; `!` before it: a move that FIX doesn't know, counted as `illegal_transition`. */
type Cell = Phase | `!${Phase}`

/**
 * The table. A trade of an order that is over adds to its quantities and leaves it over; canceled, expired and
 * rejected commute: whichever is told first, canceled outranks expired, expired outranks rejected.
 */
const table: Readonly<Record<Phase, Readonly<Record<PhaseEvent, Cell>>>> = {
  unknown: {
    pending_new: 'pending',
    bidding: 'bidding',
    accepted: 'working',
    traded: 'working',
    replaced: 'working',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: 'rejected',
    outcome_unknown: 'unknown',
  },
  pending: {
    pending_new: 'pending',
    bidding: 'bidding',
    accepted: 'working',
    // a fill overtook the ack, or the venue sends none (FIX volume 7, X.A.1.c)
    traded: 'working',
    replaced: 'working',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    // immediate-or-cancel orders end so, without an ack (X.I.1.a)
    canceled: 'canceled',
    expired: 'expired',
    rejected: 'rejected',
    // a request that timed out: the venue may or may not have the order
    outcome_unknown: 'unknown',
  },
  bidding: {
    pending_new: 'bidding',
    bidding: 'bidding',
    accepted: 'working',
    traded: 'working',
    replaced: 'bidding',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: 'rejected',
    outcome_unknown: 'bidding',
  },
  working: {
    // told late: the order has been accepted since
    pending_new: 'working',
    bidding: 'working',
    // a late ack after a fill
    accepted: 'working',
    traded: 'working',
    replaced: 'working',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    // FIX lets a broker accept first and reject later (New → Rejected)
    rejected: 'rejected',
    // the answer came after all, or a retry's did
    outcome_unknown: 'working',
  },
  suspended: {
    pending_new: 'suspended',
    bidding: 'suspended',
    // reinstated
    accepted: 'working',
    traded: 'working',
    replaced: 'suspended',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: 'rejected',
    outcome_unknown: 'suspended',
  },
  stopped: {
    pending_new: 'stopped',
    bidding: 'stopped',
    accepted: 'stopped',
    // the guaranteed execution follows: PartiallyFilled or Filled from here on (L.1.a)
    traded: 'working',
    replaced: 'stopped',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: 'rejected',
    outcome_unknown: 'stopped',
  },
  calculated: {
    pending_new: 'calculated',
    bidding: 'calculated',
    accepted: 'working',
    traded: 'working',
    replaced: 'working',
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: '!rejected',
    outcome_unknown: 'calculated',
  },
  done_for_day: {
    pending_new: 'done_for_day',
    bidding: 'done_for_day',
    accepted: 'working',
    // the next day of an order that lives for more than one; a day order's late fill doesn't get here
    traded: 'working',
    replaced: 'working',
    // H.1.a: the renewal on the next morning
    restated: 'working',
    suspended: 'suspended',
    stopped: 'stopped',
    calculated: 'calculated',
    done_for_day: 'done_for_day',
    canceled: 'canceled',
    expired: 'expired',
    rejected: '!rejected',
    outcome_unknown: 'done_for_day',
  },
  canceled: {
    pending_new: 'canceled',
    bidding: 'canceled',
    // told late
    accepted: 'canceled',
    // J.1.b: a fill after the cancel leaves it canceled
    traded: 'canceled',
    replaced: '!canceled',
    // an update of figures; only a new order brings it back
    restated: 'canceled',
    suspended: '!canceled',
    stopped: '!canceled',
    calculated: 'canceled',
    done_for_day: 'canceled',
    canceled: 'canceled',
    expired: '!canceled',
    rejected: '!canceled',
    outcome_unknown: 'canceled',
  },
  expired: {
    pending_new: 'expired',
    bidding: 'expired',
    accepted: 'expired',
    traded: 'expired',
    replaced: '!expired',
    restated: 'expired',
    suspended: '!expired',
    stopped: '!expired',
    calculated: 'expired',
    done_for_day: 'expired',
    canceled: '!canceled',
    expired: 'expired',
    rejected: '!expired',
    outcome_unknown: 'expired',
  },
  rejected: {
    pending_new: 'rejected',
    bidding: 'rejected',
    accepted: '!rejected',
    // counted as a late fill; the quantities tell
    traded: 'rejected',
    replaced: '!rejected',
    restated: 'rejected',
    suspended: '!rejected',
    stopped: '!rejected',
    calculated: '!rejected',
    done_for_day: '!rejected',
    canceled: '!canceled',
    expired: '!expired',
    rejected: 'rejected',
    outcome_unknown: 'rejected',
  },
}

/** The phase after an event. */
export function nextPhase(phase: Phase, event: PhaseEvent): Phase {
  const cell = table[phase][event]
  // nearly every event leaves the phase as it is
  if (cell === phase) return phase
  return cell.charCodeAt(0) === 0x21 ? (cell.slice(1) as Phase) : (cell as Phase)
}

/** Whether FIX knows no such move; it is counted, and the phase is still the table's. */
export function isIllegal(phase: Phase, event: PhaseEvent): boolean {
  const cell = table[phase][event]
  return cell !== phase && cell.charCodeAt(0) === 0x21
}

/** How much of an order has been executed. */
export type Fill = 'none' | 'part' | 'full'

/**
 * The status without the overlay, by the FIX precedence: DoneForDay 10, Calculated 9, Filled 8, Stopped 7,
 * Suspended 6, Canceled 5, Expired 5, PartiallyFilled 4, New, Rejected, PendingNew 2, AcceptedForBidding 1.
 * One row differs: a partly filled order that was rejected is over, so it stays rejected.
 */
export function statusOf(phase: Phase, fill: Fill): OrderStatus {
  if (phase === 'done_for_day' || phase === 'calculated') return phase
  if (fill === 'full') return 'filled'
  switch (phase) {
    case 'working':
      return fill === 'part' ? 'partially_filled' : 'new'
    case 'pending':
      return 'pending_new'
    case 'bidding':
      return 'accepted_for_bidding'
    default:
      return phase
  }
}

/** Phases after which nothing is expected, whatever was filled. */
export function isOver(phase: Phase): boolean {
  return phase === 'canceled' || phase === 'expired' || phase === 'rejected'
}
