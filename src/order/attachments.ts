/** What projections hang on an order, each under a symbol of its own. */
export interface Attachments {
  get(key: symbol): unknown
  set(key: symbol, value: unknown): void
}

/** A few in a row: found sooner than in a `Map`, and half of its size. */
export class AttachmentList implements Attachments {
  readonly #keys: symbol[] = []
  readonly #values: unknown[] = []

  get(key: symbol): unknown {
    const index = this.#keys.indexOf(key)
    return index === -1 ? undefined : this.#values[index]
  }

  set(key: symbol, value: unknown): void {
    const index = this.#keys.indexOf(key)
    if (index !== -1) {
      this.#values[index] = value
      return
    }
    this.#keys.push(key)
    this.#values.push(value)
  }
}
