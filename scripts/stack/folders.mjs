import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What `npm run stack:install` builds is kept here, outside of the checkout. */
export const STACK = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orderscope-ci', 'stack')

export const BIN = join(STACK, 'bin')
