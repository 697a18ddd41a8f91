import { metrics, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createInMemoryTelemetry,
  type InMemoryTelemetry,
  type InMemoryTelemetryOptions,
} from '../../src/testing/index.js'

const open: InMemoryTelemetry[] = []
afterEach(async () => {
  for (const telemetry of open.splice(0)) await telemetry.shutdown()
})

function start(options?: InMemoryTelemetryOptions): InMemoryTelemetry {
  const telemetry = createInMemoryTelemetry(options)
  open.push(telemetry)
  return telemetry
}

describe('createInMemoryTelemetry', () => {
  it('asks observable instruments and keeps log records', async () => {
    const telemetry = start()
    telemetry.meterProvider
      .getMeter('x')
      .createObservableGauge('position')
      .addCallback(result => result.observe(7))
    telemetry.loggerProvider.getLogger('x').emit({ body: 'hello', attributes: { n: 1 } })
    expect(await telemetry.collectMetrics()).toMatchObject([
      { name: 'position', points: [{ value: 7 }], resource: { 'service.name': 'test' } },
    ])
    expect(telemetry.logs).toMatchObject([{ body: 'hello', attributes: { n: 1 }, scope: { name: 'x' } }])
    telemetry.clear()
    expect(telemetry.logs).toEqual([])
  })

  it('can be the global set-up until its end', async () => {
    const telemetry = createInMemoryTelemetry({ global: true })
    trace.getTracer('x').startActiveSpan('outer', outer => {
      trace.getTracer('x').startSpan('inner').end()
      outer.end()
    })
    metrics.getMeter('x').createCounter('c').add(1)
    const [inner, outer] = telemetry.spans
    expect([inner!.name, inner!.parentSpanId]).toEqual(['inner', outer!.spanId])
    expect((await telemetry.collectMetrics()).map(({ name }) => name)).toEqual(['c'])
    await telemetry.shutdown()
    trace.getTracer('x').startSpan('after').end()
    expect(telemetry.spans).toHaveLength(2)
  })
})
