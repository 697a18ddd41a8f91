import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A problem with the application's OpenTelemetry packages, worded for a person. */
export interface Conflict {
  readonly topic: 'api_copy'
  readonly sentence: string
  /** What the application records through it is lost. */
  readonly isLoss: boolean
}

/**
 * A second copy of `@opentelemetry/api` in the application. A newer one than ours is refused by the registry and
 * stays silent; an older one works.
 */
export function findApiCopy(applicationDirectory: string): Conflict | undefined {
  // empty in a CommonJS bundle
  const own = copyFrom(import.meta.url ?? '')
  const theirs = copyFrom(pathToFileURL(join(applicationDirectory, 'package.json')).href)
  if (own === undefined || theirs === undefined || own.directory === theirs.directory) return undefined
  // both may be one installed twice (an absolute path in NODE_OPTIONS): they share what is registered
  if (theirs.version === own.version) return undefined
  const copies = `the application has its own @opentelemetry/api ${theirs.version} (${theirs.directory}) beside orderscope's ${own.version}`
  const cure = `write "@opentelemetry/api": "${own.version}" in its package.json, then npm dedupe`
  const isLoss = isNewer(theirs.version, own.version)
  return {
    topic: 'api_copy',
    isLoss,
    sentence: isLoss
      ? `${copies}, which is older: what is recorded through the newer one is lost; ${cure}`
      : `${copies}; that works, but one copy is safer: ${cure}`,
  }
}

function copyFrom(base: string): { directory: string; version: string } | undefined {
  try {
    // its exports don't list package.json
    let directory = dirname(nodeModule.createRequire(base).resolve('@opentelemetry/api'))
    while (!directory.endsWith(join('@opentelemetry', 'api'))) {
      if (dirname(directory) === directory) return undefined
      directory = dirname(directory)
    }
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }
    return { directory, version }
  } catch {
    return undefined
  }
}

/** Of two versions. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map(each => each.split('.').map(part => Number.parseInt(part, 10)))
  for (let i = 0; i < 3; i++) {
    if (a![i] !== b![i]) return (a![i] ?? 0) > (b![i] ?? 0)
  }
  return false
}
