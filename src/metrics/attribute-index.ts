/** Nodes of the index of one stream; sets of attributes beyond it are found by their canonical text, only slower. */
const MAXIMUM_NODES = 50_000

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
      node = node.next.get(name)?.get(attributes[name])
      if (node === undefined) return undefined
    }
    return node.found
  }

  /** Remembers `found`, unless a value is an object (arrays would be told apart by identity and pile up) or the room is used up. */
  remember(attributes: Readonly<Record<string, unknown>>, found: Found): void {
    for (const name in attributes) if (typeof attributes[name] === 'object') return
    let node = this.#root
    for (const name in attributes) {
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
