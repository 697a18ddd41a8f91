import type { Context } from '@opentelemetry/api'

/** One call of the application to ccxt that may change or tell of orders. */
export interface Call {
  /**
   * Something is about to go to the venue for this call's sake.
   *
   * @param question a request that changes nothing there
   * @returns the context that the request should run in
   */
  onRequest(request: unknown, question: boolean): Context | undefined
  /** The request has its signature: it goes out now. */
  onSigned?(): void
  /** The request couldn't be made: nothing of it has left this process. */
  onUnsent?(error: unknown): void
  /** Another call inside this one does the work: user's overrides, ccxt's own detours. */
  onDelegated(): void
  /** What the venue answered to a request, before ccxt has read it. */
  onResponse?(response: unknown): void
  onAnswer(value: unknown): void
  onError(error: unknown): void
}
