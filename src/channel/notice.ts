import { writeSync } from 'node:fs'

/** So many different sentences are enough to see that something is wrong. */
const MAXIMUM_NOTICES = 100

const said = new Set<string>()

/** One sentence about a mistake in the application's own code, on stderr, once; never thrown. */
export function noticeOnce(sentence: string): void {
  if (said.has(sentence) || said.size >= MAXIMUM_NOTICES) return
  said.add(sentence)
  try {
    writeSync(2, `orderscope: ${sentence}\n`)
  } catch {
    // nobody is there to read it
  }
}
