import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { SDK_INFO } from '@opentelemetry/core'
import { VERSION } from '../version.js'

/** Attributes of the resource that all telemetry of this process carries. */
export type ResourceAttributes = Readonly<Record<string, string | number | boolean>>

/** What code or environment say about the resource. */
export interface ResourceSettings {
  readonly serviceName: string | undefined
  readonly resourceAttributes: ResourceAttributes
}

interface Application {
  readonly name: string | undefined
  readonly version: string | undefined
}

/** What the specification calls a service that nothing names: `node -e`, `node -`, a prompt. */
const UNKNOWN_SERVICE = 'unknown_service:node'

/**
 * Who this process is, found without waiting: no cloud is asked, a wrong or slow metadata server must not hold
 * an application up. Names as in https://opentelemetry.io/docs/specs/semconv/resource/.
 */
export function detectResource(settings: ResourceSettings): ResourceAttributes {
  // not from 'node:process': an import of it opens stdin, stdout and stderr
  const { arch, execPath, pid, version: runtimeVersion } = process
  const script = scriptPath()
  const application = script === undefined ? nothing : applicationOf(dirname(script))
  const detected: Record<string, string | number | boolean> = {
    'service.instance.id': randomUUID(),
    'process.pid': pid,
    'process.executable.path': execPath,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': runtimeVersion.slice(1),
    'host.name': hostname(),
    'host.arch': arch === 'x64' ? 'amd64' : arch,
  }
  if (application.version !== undefined) detected['service.version'] = application.version
  const telemetry = {
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': SDK_INFO['telemetry.sdk.version'],
    'telemetry.distro.name': 'orderscope',
    'telemetry.distro.version': VERSION,
  }
  const { 'service.name': _, ...attributes } = settings.resourceAttributes
  const name = settings.serviceName ?? application.name ?? nameOfScript(script) ?? UNKNOWN_SERVICE
  return { 'service.name': name, ...detected, ...attributes, ...telemetry }
}

const nothing: Application = { name: undefined, version: undefined }

/** Where the application lies: its script's folder, or the working directory. */
export function applicationDirectory(): string {
  const script = scriptPath()
  return script === undefined ? process.cwd() : dirname(script)
}

/** The nearest package.json with a name: the one that a `package.json` of `{ "type": "module" }` sits in. */
function applicationOf(directory: string): Application {
  for (let at = directory; ; at = dirname(at)) {
    const application = applicationIn(join(at, 'package.json'))
    if (application?.name !== undefined) return application
    if (dirname(at) === at || basename(at) === 'node_modules') return nothing
  }
}

function applicationIn(path: string): Application | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown; version?: unknown }
    return {
      name: typeof name === 'string' && name !== '' ? name : undefined,
      version: typeof version === 'string' ? version : undefined,
    }
  } catch {
    return undefined
  }
}

/** The script that Node was told to run; while preloading it is what stands on the command line, maybe without extension. */
function scriptPath(): string | undefined {
  const script = process.argv[1]
  if (script === undefined || script === '-' || runsText()) return undefined
  try {
    // a link in node_modules/.bin leads to the package it belongs to
    return realpathSync(script)
  } catch {
    return join(process.cwd(), basename(script))
  }
}

/** With `node -e text word` the word stands where a script would. */
function runsText(): boolean {
  return process.execArgv.some(each => /^(-e|-p|-pe|--eval|--print)(=|$)/.test(each))
}

/** Names of folders and files that many projects have say nothing. */
const anonymous: ReadonlySet<string> = new Set([
  'index',
  'main',
  'app',
  'server',
  'src',
  'dist',
  'lib',
  'build',
  'bin',
  '',
])

function nameOfScript(script: string | undefined): string | undefined {
  if (script === undefined) return undefined
  const name = basename(script, extname(script))
  for (let at = name, path = script; ; at = basename(path)) {
    if (!anonymous.has(at)) return at
    if (dirname(path) === path) return name
    path = dirname(path)
  }
}
