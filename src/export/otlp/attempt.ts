import type { OtlpSignalConfig } from '../../channel/export-config.js'

/** What became of one attempt. */
export interface SendResult {
  /** `retry`: it may work later. `rejected`: the same bytes will never be taken. */
  readonly outcome: 'accepted' | 'rejected' | 'retry'
  /** Of HTTP, or of gRPC; absent: there was no answer. */
  readonly status?: number
  /** As the collector wishes it, by `Retry-After` or `RetryInfo`. */
  readonly retryAfterMs?: number
  /** Records that the collector refused of a request that it took. */
  readonly partial?: { readonly rejected: number; readonly message: string }
  /** One sentence without a full stop, such as "refused the connection". */
  readonly error?: string
  /** Nobody listens at the address. */
  readonly unreachable?: boolean
  /** It was more than the collector takes at once. */
  readonly tooLarge?: boolean
  /** Class of a rejection, for `error.type`; without one it is the status. */
  readonly errorType?: string
}

/** Sends one signal to one collector, by whatever protocol. */
export interface OtlpSender {
  readonly config: OtlpSignalConfig
  /** One attempt; never rejects. `timeoutMs` shortens the configured one. */
  send(body: Uint8Array, timeoutMs?: number): Promise<SendResult>
  /** Ends what is under way and closes the connections. */
  close(): void
}
