/** Nodes of the index of one stream; sets of attributes beyond it are found by their canonical text, only slower. */
const MAXIMUM_NODES = 50_000
/** Longer texts aren't kept: many of them may be one series (what is long is cut), and the index would hold them all. */
const MAXIMUM_TEXT_LENGTH = 1024

class Node<Found> {
  found: Found | undefined = undefined
  readonly next = new Map<string, Map<unknown, Node<Found>>>()
}

/**
 * Finds what was remembered for a set of attributes by walking its keys and values in the order that the object
 * has them: two map look-ups an attribute, no sorting, no text. Objects whose keys come in another order have a
 * path of their own that leads to the same series.
 */
export class AttributeIndex<Found> {
  readonly #root = new Node<Found>()
  #nodes = 0

  find(attributes: Readonly<Record<string, unknown>>): Found | undefined {
    let node: Node<Found> | undefined = this.#root
    for (const name in attributes) {
      // what is inherited is no attribute
      if (!Object.hasOwn(attributes, name)) continue
      node = node.next.get(name)?.get(attributes[name])
      if (node === undefined) return undefined
    }
    return node.found
  }

  /**
   * Remembers `found`, unless a value is an object or a function (they would be told apart by identity and pile up)
   * or a long text, or the room is used up.
   */
  remember(attributes: Readonly<Record<string, unknown>>, found: Found): void {
    const names = Object.keys(attributes)
    if (!names.every(name => isKept(name) && isKept(attributes[name]))) return
    let node = this.#root
    for (const name of names) {
      let values = node.next.get(name)
      if (values === undefined) {
        values = new Map()
        node.next.set(name, values)
      }
      let next = values.get(attributes[name])
      if (next === undefined) {
        if (this.#nodes >= MAXIMUM_NODES) return
        this.#nodes++
        next = new Node()
        values.set(attributes[name], next)
      }
      node = next
    }
    node.found = found
  }
}

function isKept(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAXIMUM_TEXT_LENGTH
  return typeof value !== 'object' && typeof value !== 'function'
}
