/** What projections hang on an order, each under a symbol of its own. */
export interface Attachments {
  get(key: symbol): unknown
  set(key: symbol, value: unknown): void
}

/** Ours are three, held in fields: an order that is remembered for long shouldn't drag lists along. */
export class AttachmentList implements Attachments {
  #key0: symbol | undefined = undefined
  #value0: unknown = undefined
  #key1: symbol | undefined = undefined
  #value1: unknown = undefined
  #key2: symbol | undefined = undefined
  #value2: unknown = undefined
  /** Of a user's own projections. */
  #more: Map<symbol, unknown> | undefined = undefined

  get(key: symbol): unknown {
    if (this.#key0 === key) return this.#value0
    if (this.#key1 === key) return this.#value1
    if (this.#key2 === key) return this.#value2
    return this.#more?.get(key)
  }

  set(key: symbol, value: unknown): void {
    if (this.#key0 === undefined || this.#key0 === key) {
      this.#key0 = key
      this.#value0 = value
    } else if (this.#key1 === undefined || this.#key1 === key) {
      this.#key1 = key
      this.#value1 = value
    } else if (this.#key2 === undefined || this.#key2 === key) {
      this.#key2 = key
      this.#value2 = value
    } else {
      this.#more ??= new Map()
      this.#more.set(key, value)
    }
  }
}
