import * as nodeModule from 'node:module'
import { diag, metrics, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { type Instrumentation, registerInstrumentations as registerUpstream } from '@opentelemetry/instrumentation'
import { hookGrpc, withPropagationHooks } from '../instrumentation/auto/propagation-hooks.js'
import {
  type UpstreamInstrumentationName,
  upstreamInstrumentationNames,
  upstreamInstrumentations,
} from './instrumentation-names.js'
import { guardPatches, ownRequire } from './module-hooks.js'

/** Which instrumentations to make, and how. */
export interface InstrumentationOptions {
  /** Short names of those that are on (`http`, `pg`). */
  readonly enabled: ReadonlySet<string>
  /** The user's configuration by package name. */
  readonly configs: InstrumentationConfigMap
  readonly additional: readonly Instrumentation[]
}

const PREFIX = '@opentelemetry/instrumentation-'

/**
 * Makes OpenTelemetry's own instrumentations, patched for `require` and `import` alike: call it within `hookImports`,
 * before the application's modules load; hand the result to `registerInstrumentations`.
 */
export function createInstrumentations(options: InstrumentationOptions): Instrumentation[] {
  const all = [...createUpstream(options), ...options.additional]
  for (const instrumentation of all) {
    guardPatches(instrumentation, error =>
      diag.error(`${instrumentation.instrumentationName} could not patch a module, which stays as it was:`, error),
    )
    if (instrumentation.instrumentationName === `${PREFIX}grpc`) hookGrpc(instrumentation)
  }
  return all
}

/** From now on they tell the global providers. */
export function registerInstrumentations(instrumentations: Instrumentation[]): void {
  registerUpstream({
    instrumentations,
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
    loggerProvider: logs.getLoggerProvider() as never,
  })
}

/**
 * One package after the other, and only those that are on: the index of auto-instrumentations-node loads all 41, and
 * resource detectors with their HTTP clients besides (50 files). They come before any instrumentation is constructed:
 * the first one creates the require hook, which remembers core modules, and `http` would stay unpatched in CommonJS.
 */
function createUpstream({ enabled, configs }: InstrumentationOptions): Instrumentation[] {
  const names = upstreamInstrumentationNames.filter(name => enabled.has(name))
  if (names.length === 0) return []
  const require = nodeModule.createRequire(ownRequire().resolve('@opentelemetry/auto-instrumentations-node'))
  const classes = names.flatMap(name => loaded(() => [[name, classOf(name, require)] as const]))
  const hooked: Record<string, object | undefined> = { ...withPropagationHooks(configs) }
  return classes.flatMap(([name, Class]) => loaded(() => [new Class({ ...hooked[PREFIX + name], enabled: true })]))
}

type InstrumentationClass = new (config: object) => Instrumentation

function classOf(name: UpstreamInstrumentationName, require: NodeJS.Require): InstrumentationClass {
  const exported = require(PREFIX + name) as Record<string, InstrumentationClass>
  const Class = exported[upstreamInstrumentations[name]]
  if (Class === undefined) throw new Error(`${PREFIX + name} has no ${upstreamInstrumentations[name]}`)
  return Class
}

/** One that can't be had doesn't keep the others away. */
function loaded<T>(load: () => T[]): T[] {
  try {
    return load()
  } catch (error) {
    diag.error('an instrumentation could not be loaded:', error)
    return []
  }
}
