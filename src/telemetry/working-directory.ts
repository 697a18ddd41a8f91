import { realpathSync } from 'node:fs'

/**
 * Every thread that Node starts reads the working directory first, and dies where that is gone. Throws then, with
 * the reason; `process.cwd()` may still remember the path.
 */
export function checkWorkingDirectory(): void {
  try {
    realpathSync.native('.')
  } catch (error) {
    throw new Error(`the working directory can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
