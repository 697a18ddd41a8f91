import { basename, extname, sep } from 'node:path'

/** Package managers and their like, whatever folder they lie in. */
const packageManagers: ReadonlySet<string> = new Set([
  'npm',
  'npm-cli',
  'npx',
  'npx-cli',
  'yarn',
  'yarnpkg',
  'pnpm',
  'pnpx',
  'corepack',
  'nodemon',
])

/** Names that an application may have too: only what lies in node_modules counts. */
const launchers: ReadonlySet<string> = new Set([
  'concurrently',
  'cross-env',
  'dotenv',
  'husky',
  'lerna',
  'node-gyp',
  'npm-run-all',
  'nx',
  'tsx',
  'turbo',
])

/**
 * Whether the script that Node was started with only starts others. Under `NODE_OPTIONS` it is preloaded too, and
 * would take the port of the application that it starts.
 */
export function isLauncher(script: string | undefined): boolean {
  if (script === undefined) return false
  const name = basename(script, extname(script))
  if (packageManagers.has(name)) return true
  // yarn-4.5.1.cjs, as .yarn/releases has it
  if (/^(yarn|pnpm)-\d/.test(basename(script))) return true
  return launchers.has(name) && script.includes(`node_modules${sep}`)
}
