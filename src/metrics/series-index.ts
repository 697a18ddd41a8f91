/** Two words an entry: the hash of its text, and its id + 1 (0: nothing is here). */
const ENTRY_INTS = 2
const FIRST_CAPACITY = 16
/** Of the places that are used, so that a search ends soon. */
const MAXIMUM_LOAD = 0.75

/**
 * Finds the series of a stream by the text of its attributes. The texts themselves lie in shared memory; here are their
 * hashes only, 11 to 21 bytes a series, where a Map of texts takes ten times as much.
 */
export class SeriesIndex {
  readonly #textOf: (id: number) => string
  #entries = new Int32Array(FIRST_CAPACITY * ENTRY_INTS)
  #mask = FIRST_CAPACITY - 1
  #size = 0

  constructor(textOf: (id: number) => string) {
    this.#textOf = textOf
  }

  find(text: string): number | undefined {
    const hash = hashOf(text)
    const entries = this.#entries
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const id = entries[at * ENTRY_INTS + 1]! - 1
      if (id < 0) return undefined
      if (entries[at * ENTRY_INTS] === hash && this.#textOf(id) === text) return id
    }
  }

  /** `text` isn't in it. */
  add(text: string, id: number): void {
    if (++this.#size > (this.#mask + 1) * MAXIMUM_LOAD) this.#grow()
    this.#put(hashOf(text), id)
  }

  remove(text: string, id: number): void {
    const entries = this.#entries
    const mask = this.#mask
    let hole = hashOf(text) & mask
    while (entries[hole * ENTRY_INTS + 1] !== id + 1) {
      if (entries[hole * ENTRY_INTS + 1] === 0) return
      hole = (hole + 1) & mask
    }
    this.#size--
    // those behind it that a search would no longer get to move up
    for (let at = (hole + 1) & mask; entries[at * ENTRY_INTS + 1] !== 0; at = (at + 1) & mask) {
      const home = entries[at * ENTRY_INTS]! & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      entries.copyWithin(hole * ENTRY_INTS, at * ENTRY_INTS, (at + 1) * ENTRY_INTS)
      hole = at
    }
    entries.fill(0, hole * ENTRY_INTS, (hole + 1) * ENTRY_INTS)
  }

  #put(hash: number, id: number): void {
    const entries = this.#entries
    let at = hash & this.#mask
    while (entries[at * ENTRY_INTS + 1] !== 0) at = (at + 1) & this.#mask
    entries[at * ENTRY_INTS] = hash
    entries[at * ENTRY_INTS + 1] = id + 1
  }

  #grow(): void {
    const before = this.#entries
    this.#entries = new Int32Array(before.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < before.length; at += ENTRY_INTS) {
      if (before[at + 1] !== 0) this.#put(before[at]!, before[at + 1]! - 1)
    }
  }
}

/** FNV-1a over the characters, with its bits mixed once more since the lowest choose the place. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
