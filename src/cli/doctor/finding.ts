/** What one look at the set-up found. */
export interface Finding {
  /** What was looked at. */
  readonly check:
    | 'versions'
    | 'settings'
    | 'packages'
    | 'permissions'
    | 'scrape port'
    | 'collector'
    | 'clock'
    | 'start of the bot'
  /** `note`: worth knowing, or it could not be looked at. */
  readonly status: 'ok' | 'note' | 'wrong'
  /** One sentence without a full stop. */
  readonly text: string
  /** What to do about it. */
  readonly cure?: string
}
