/** Telemetry that runs. */
export interface Telemetry {
  /** Waits until a collector has everything recorded so far; rejects when it doesn't in time. */
  flush(): Promise<void>
  /** Delivers what there is, closes the scrape endpoint and takes the providers away. Never rejects. */
  shutdown(): Promise<void>
}
