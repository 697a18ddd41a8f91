import type {
  CancelRejectReason,
  Liquidity,
  OrderEvent,
  OrderStatus,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
} from '../event.js'

/** Codes of FIX fields (https://www.fixtrading.org/online-specification/), 4.2 to 5.0 SP2. */
type Codes<Value> = ReadonlyMap<string, Value>

/** Side (54). */
export const sideCodes: Codes<Side> = new Map([
  ['1', 'buy'],
  ['2', 'sell'],
  // BuyMinus, SellPlus: with a tick condition
  ['3', 'buy'],
  ['4', 'sell'],
  ['5', 'sell_short'],
  ['6', 'sell_short_exempt'],
  ['7', 'undisclosed'],
  ['8', 'cross'],
  ['9', 'cross'],
  ['A', 'cross'],
])

/** OrdType (40). */
export const orderTypeCodes: Codes<OrderType> = new Map([
  ['1', 'market'],
  ['2', 'limit'],
  ['3', 'stop'],
  ['4', 'stop_limit'],
  ['5', 'market_on_close'],
  ['B', 'limit_on_close'],
  ['J', 'market_if_touched'],
  ['K', 'market_to_limit'],
  ['P', 'pegged'],
])

/** TimeInForce (59). */
export const timeInForceCodes: Codes<TimeInForce> = new Map([
  ['0', 'day'],
  ['1', 'gtc'],
  ['2', 'opg'],
  ['3', 'ioc'],
  ['4', 'fok'],
  ['5', 'gtx'],
  ['6', 'gtd'],
  ['7', 'atc'],
])

/** OrdStatus (39). */
export const orderStatusCodes: Codes<OrderStatus> = new Map([
  ['0', 'new'],
  ['1', 'partially_filled'],
  ['2', 'filled'],
  ['3', 'done_for_day'],
  ['4', 'canceled'],
  ['5', 'replaced'],
  ['6', 'pending_cancel'],
  ['7', 'stopped'],
  ['8', 'rejected'],
  ['9', 'suspended'],
  ['A', 'pending_new'],
  ['B', 'calculated'],
  ['C', 'expired'],
  ['D', 'accepted_for_bidding'],
  ['E', 'pending_replace'],
])

/** ExecType (150); 1 and 2 are those of 4.2. Before there was one (4.0), OrdStatus (39) says the same. */
export const executionTypeCodes: Codes<OrderEvent['type']> = new Map([
  ['0', 'ack'],
  ['1', 'trade'],
  ['2', 'trade'],
  ['3', 'done_for_day'],
  ['4', 'canceled'],
  ['5', 'replaced'],
  ['6', 'pending_cancel'],
  ['7', 'stopped'],
  ['8', 'reject'],
  ['9', 'suspended'],
  ['A', 'pending_new'],
  ['B', 'calculated'],
  ['C', 'expired'],
  ['D', 'restated'],
  ['E', 'pending_replace'],
  ['F', 'trade'],
  ['G', 'trade_correct'],
  ['H', 'trade_bust'],
  ['I', 'status'],
  ['L', 'triggered'],
])

/** LastLiquidityInd (851). */
export const liquidityCodes: Codes<Liquidity> = new Map([
  ['1', 'maker'],
  ['2', 'taker'],
  ['3', 'unknown'],
  ['4', 'auction'],
])

/** OrdRejReason (103). */
export const rejectReasonCodes: Codes<RejectReason> = new Map([
  ['1', 'unknown_symbol'],
  ['2', 'exchange_closed'],
  ['3', 'exceeds_limit'],
  ['4', 'too_late'],
  ['5', 'unknown_order'],
  ['6', 'duplicate_order'],
  // of an order that was given by voice
  ['7', 'duplicate_order'],
  ['8', 'stale_order'],
  ['10', 'permission'],
  ['11', 'not_supported'],
  ['13', 'invalid_quantity'],
  ['14', 'invalid_quantity'],
  ['15', 'permission'],
  ['16', 'price_band'],
  ['18', 'invalid_price'],
  ['20', 'exceeds_limit'],
  ['21', 'risk_limit'],
  ['22', 'permission'],
  ['23', 'permission'],
  ['25', 'insufficient_funds'],
  ['26', 'exceeds_limit'],
  ['27', 'exceeds_limit'],
  ['28', 'exceeds_limit'],
  ['29', 'exceeds_limit'],
])

/** CxlRejReason (102). */
export const cancelRejectReasonCodes: Codes<CancelRejectReason> = new Map([
  ['0', 'too_late'],
  ['1', 'unknown_order'],
  ['2', 'broker_option'],
  ['3', 'already_pending'],
  ['6', 'duplicate_client_id'],
  ['8', 'price_band'],
])
