import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describeCcxt, isKnown } from '../../telemetry/ccxt-hook.js'
import { VERSION } from '../../version.js'
import type { Finding } from './finding.js'

const shown = ['api', 'sdk-trace-node', 'sdk-metrics', 'sdk-logs', 'auto-instrumentations-node']

/** What runs here. `directory`: the application's. */
export function checkVersions(directory: string, node = process.versions.node): Finding[] {
  const own = import.meta.url
  const packages = shown.map(name => `${name} ${installedVersion(`@opentelemetry/${name}`, own) ?? 'missing'}`)
  const text = [`Node ${node}`, `orderscope ${VERSION}`, `OpenTelemetry's ${packages.join(', ')}`].join(' · ')
  const cure = 'install Node 20 from 20.19 on, 22 from 22.12 on, or a later one'
  const versions: Finding = isSupported(node)
    ? { check: 'versions', status: 'ok', text }
    : { check: 'versions', status: 'wrong', text: `${text}: orderscope isn't made for this Node`, cure }
  return [versions, checkCcxt(directory)]
}

/** The field `engines` of package.json. */
export function isSupported(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
}

function checkCcxt(directory: string): Finding {
  const text = describeCcxt(directory)
  if (text === undefined) return { check: 'versions', status: 'ok', text: `no ccxt is installed for ${directory}` }
  if (isKnown(directory)) return { check: 'versions', status: 'ok', text }
  const cure = 'install a ccxt from the last two years, or follow orders by createOrderTracker()'
  return { check: 'versions', status: 'wrong', text, cure }
}

/** Of a package as `base` (a file URL) would load it; many don't export their package.json. */
export function installedVersion(name: string, base: string): string | undefined {
  try {
    let directory = dirname(createRequire(base).resolve(name))
    while (dirname(directory) !== directory) {
      const found = nameAndVersion(join(directory, 'package.json'))
      if (found?.name === name) return found.version
      directory = dirname(directory)
    }
  } catch {
    // it isn't installed
  }
  return undefined
}

function nameAndVersion(file: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
