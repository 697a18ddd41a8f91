/** Types of messages that a client sends to a venue. */
const requests: ReadonlySet<string> = new Set(['D', 'F', 'G', 'H', 'AB', 'AC'])
/** Types of messages that a venue sends to its client. */
const reports: ReadonlySet<string> = new Set(['8', '9'])

/** Where orders go whose messages name no venue. */
export const UNNAMED_VENUE = 'venue'

/**
 * Names the sessions of a log. A client order id is unique within a session only, and one log may hold several: each
 * counts as a venue of its own, named after the venue's CompID.
 */
export class Sessions {
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()
  #last = UNNAMED_VENUE

  /** The name of a message's session; of the one before, where it doesn't say between whom it goes. */
  nameOf(fields: ReadonlyMap<number, string>): string {
    const sender = fields.get(49) ?? ''
    const target = fields.get(56) ?? ''
    const type = fields.get(35) ?? ''
    if (sender === '' || target === '') return this.#last
    const key = sender < target ? `${sender}\u0001${target}` : `${target}\u0001${sender}`
    let name = this.#names.get(key)
    if (name === undefined) {
      if (!requests.has(type) && !reports.has(type)) return this.#last
      const [venue, client] = requests.has(type) ? [target, sender] : [sender, target]
      name = this.#taken.has(venue) ? `${venue} (${client})` : venue
      this.#names.set(key, name)
      this.#taken.add(name)
    }
    this.#last = name
    return name
  }
}
