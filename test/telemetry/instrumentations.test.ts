import { createRequire } from 'node:module'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { expect, it } from 'vitest'
import { upstreamInstrumentationNames } from '../../src/telemetry/instrumentation-names.js'
import { createInstrumentations } from '../../src/telemetry/instrumentations.js'

const require = createRequire(import.meta.url)

it('makes what upstream makes, in its order', () => {
  const { getNodeAutoInstrumentations } =
    require('@opentelemetry/auto-instrumentations-node') as typeof import('@opentelemetry/auto-instrumentations-node')
  // not those that would see what the test's own process does
  const off: readonly string[] = ['net', 'fs']
  const names: readonly string[] = upstreamInstrumentationNames.filter(name => !off.includes(name))
  const configs = Object.fromEntries(
    upstreamInstrumentationNames.map(name => [
      `@opentelemetry/instrumentation-${name}`,
      { enabled: names.includes(name) },
    ]),
  )
  const theirs = getNodeAutoInstrumentations(configs as InstrumentationConfigMap)
  const ours = createInstrumentations({ enabled: new Set(names), configs: {}, additional: [] })
  const classes = (each: readonly object[]) => each.map(one => one.constructor)
  expect(classes(ours)).toEqual(classes(theirs))
  expect(ours).toHaveLength(names.length)
  for (const each of [...theirs, ...ours]) each.disable()
})
