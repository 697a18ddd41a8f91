import { parseArgs } from 'node:util'

/** What a program of this folder was called with; ends it with a sentence and its usage where that can't be read. */
export function readOptions(options, usage) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    console.error(`${error.message}\n\nUsage: ${usage}`)
    process.exit(1)
  }
}
