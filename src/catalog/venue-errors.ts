/**
 * Values of `error.type` on the metrics of a venue's API and streams: ccxt's classes of errors
 * (https://docs.ccxt.com/?id=error-handling), the nearest one where the class is the application's own, and `other`
 * for what isn't ccxt's.
 */
export const venueErrorTypes = [
  'BaseError',
  'ExchangeError',
  'AuthenticationError',
  'PermissionDenied',
  'AccountNotEnabled',
  'AccountSuspended',
  'ArgumentsRequired',
  'BadRequest',
  'BadSymbol',
  'OperationRejected',
  'NoChange',
  'MarginModeAlreadySet',
  'MarketClosed',
  'ManualInteractionNeeded',
  'RestrictedLocation',
  'InsufficientFunds',
  'InvalidAddress',
  'AddressPending',
  'InvalidOrder',
  'OrderNotFound',
  'OrderNotCached',
  'OrderImmediatelyFillable',
  'OrderNotFillable',
  'DuplicateOrderId',
  'ContractUnavailable',
  'NotSupported',
  'InvalidProxySettings',
  'ExchangeClosedByUser',
  'OperationFailed',
  'NetworkError',
  'DDoSProtection',
  'RateLimitExceeded',
  'ExchangeNotAvailable',
  'OnMaintenance',
  'InvalidNonce',
  'ChecksumError',
  'RequestTimeout',
  'BadResponse',
  'NullResponse',
  'CancelPending',
  'UnsubscribeError',
  'other',
] as const

/** One of ccxt's classes of errors, or `other`. */
export type VenueErrorType = (typeof venueErrorTypes)[number]
