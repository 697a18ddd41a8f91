/** What signals asks for, risk looks at and execution trades; JSON over HTTP between them. */
export interface OrderIntent {
  readonly clientId: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: 'limit' | 'market'
  readonly timeInForce?: 'GTC' | 'IOC' | 'FOK'
  readonly postOnly?: boolean
  readonly quantity: number
  /** Absent for market orders. */
  readonly price?: number
  /** The market's price when it was decided. */
  readonly referencePrice: number
}

/** `refused` never reached the venue; `rejected` did, and was turned down there. */
export interface OrderAnswer {
  readonly result: 'accepted' | 'rejected' | 'refused' | 'unknown'
  readonly reason?: string
}
