/** The name among `names` that was probably meant by `written`; `undefined` when none is near. */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined
  // a third of the letters wrong is no longer a slip of the finger
  let smallest = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(written, name)
    if (distance < smallest) {
      smallest = distance
      nearest = name
    }
  }
  return nearest
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const substituted = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
