import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findApiCopy, isNewer } from '../../telemetry/duplicates.js'
import type { Finding } from './finding.js'
import { installedVersion } from './versions.js'

/** Looking through a huge tree must not take for ever. */
const MAXIMUM_FOLDERS = 20_000

/** Copies of OpenTelemetry's packages that get in each other's way. `directory`: the application's. */
export function checkPackages(directory: string): Finding[] {
  const findings: Finding[] = []
  const conflict = findApiCopy(directory)
  if (conflict !== undefined) {
    findings.push({ check: 'packages', status: conflict.isLoss ? 'wrong' : 'note', text: conflict.sentence })
  }
  const copies = openTelemetryCopies(directory)
  const own = installedVersion('@opentelemetry/api', import.meta.url)
  for (const [name, places] of copies) {
    const versions = [...new Set(places.map(place => place.version))]
    if (versions.length < 2) continue
    const text = `${name} is installed in ${versions.length} versions: ${places
      .map(({ version, path }) => `${version} (${path})`)
      .join(', ')}`
    // the API keeps what the first copy registers, and refuses copies that are newer than it
    const newer = name === '@opentelemetry/api' && versions.find(version => own !== undefined && isNewer(version, own))
    findings.push({
      check: 'packages',
      status: newer ? 'wrong' : 'note',
      text: newer ? `${text}; what is recorded through ${newer} is lost` : text,
      cure: newer
        ? `write "overrides": { "@opentelemetry/api": "${own}" } in package.json, then npm install`
        : 'npm dedupe; it works as it is, but costs memory and start-up time',
    })
  }
  if (findings.length > 0) return findings
  return [{ check: 'packages', status: 'ok', text: "every one of OpenTelemetry's packages is there in one version" }]
}

interface Copy {
  readonly version: string
  readonly path: string
}

/** Every copy in the `node_modules` of the application and above it, by name. */
function openTelemetryCopies(directory: string): ReadonlyMap<string, readonly Copy[]> {
  const copies = new Map<string, Copy[]>()
  const waiting: string[] = []
  const seen = new Set<string>()
  for (let at = directory; ; at = dirname(at)) {
    waiting.push(join(at, 'node_modules'))
    if (dirname(at) === at) break
  }
  for (let looked = 0; waiting.length > 0 && looked < MAXIMUM_FOLDERS; looked++) {
    const modules = waiting.pop()!
    waiting.push(...pnpmStore(modules))
    for (const path of packagesIn(modules)) {
      const nested = join(path, 'node_modules')
      if (existsSync(nested)) waiting.push(nested)
      if (!/[\\/]@opentelemetry[\\/][^\\/]+$/.test(path)) continue
      try {
        // pnpm links to its store from many places
        const real = realpathSync(path)
        if (seen.has(real)) continue
        seen.add(real)
        const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, string>
        copies.set(name!, [...(copies.get(name!) ?? []), { version: version!, path }])
      } catch {
        // a folder without a package in it
      }
    }
  }
  return copies
}

/** Where pnpm keeps the packages that `node_modules` links to, and those that only they need. */
function pnpmStore(modules: string): string[] {
  try {
    return readdirSync(join(modules, '.pnpm')).map(name => join(modules, '.pnpm', name, 'node_modules'))
  } catch {
    return []
  }
}

function packagesIn(modules: string): string[] {
  return foldersIn(modules).flatMap(name => {
    const path = join(modules, name)
    return name.startsWith('@') ? foldersIn(path).map(inner => join(path, inner)) : [path]
  })
}

function foldersIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter(name => !name.startsWith('.'))
  } catch {
    return []
  }
}
