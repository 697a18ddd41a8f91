import { writeSync } from 'node:fs'

const said = new Set<string>()

/**
 * One sentence to the person at the terminal, on stderr, never on the host's stdout. Written at once, so that it
 * is seen when the process ends in the same tick, and never thrown: stderr may be closed or full.
 */
export function say(sentence: string): void {
  write(`orderscope: ${sentence}\n`)
}

/** The start-up line, which begins with the name alone. */
export function sayLine(line: string): void {
  write(`orderscope ${line}\n`)
}

function write(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // nobody is there to read it
  }
}

/** The same, at most once a process for each `topic`. */
export function sayOnce(topic: string, sentence: string): void {
  if (said.has(topic)) return
  said.add(topic)
  say(sentence)
}
