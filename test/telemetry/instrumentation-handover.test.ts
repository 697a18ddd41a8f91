import { metrics, trace } from '@opentelemetry/api'
import { type Instrumentation, InstrumentationBase, registerInstrumentations } from '@opentelemetry/instrumentation'
import { afterEach, expect, it } from 'vitest'
import { handOverInstrumentations, watchInstrumentations } from '../../src/telemetry/instrumentation-handover.js'

/** One that patches nothing and knows whether it is on. */
class Quiet extends InstrumentationBase {
  on = false

  constructor(name: string, config = {}) {
    super(`@opentelemetry/instrumentation-${name}`, '1.0.0', config)
    this.on = this.isEnabled()
  }
  override init() {
    return []
  }
  override enable(): void {
    super.enable()
    this.on = true
  }
  override disable(): void {
    super.disable()
    this.on = false
  }
}

const theirs: Instrumentation[] = []
let unwatch: () => void = () => {}
afterEach(() => {
  unwatch()
  theirs.length = 0
})

it('tells of what the application registers, until it is stopped', () => {
  unwatch = watchInstrumentations(each => theirs.push(each))
  const one = new Quiet('http')
  registerInstrumentations({ instrumentations: [one] })
  expect(theirs).toEqual([one])
  unwatch()
  registerInstrumentations({ instrumentations: [new Quiet('pg')] })
  expect(theirs).toEqual([one])
})

it('of two for one module ours goes on by their configuration; what they have not is off', () => {
  const providers = { tracerProvider: trace.getTracerProvider(), meterProvider: metrics.getMeterProvider() }
  const [http, pg, redis] = [new Quiet('http', { ours: 1 }), new Quiet('pg'), new Quiet('redis')]
  const theirHttp = new Quiet('http', { requireParentforOutgoingSpans: true })
  const theirRedis = new Quiet('redis', { enabled: false })
  const other = new Quiet('own')
  handOverInstrumentations([http, pg, redis], [theirHttp, theirRedis, other], providers)
  expect([http.on, pg.on, redis.on]).toEqual([true, false, false])
  expect([theirHttp.on, theirRedis.on, other.on]).toEqual([false, false, true])
  expect(http.getConfig()).toMatchObject({ enabled: true, requireParentforOutgoingSpans: true })
  expect(http.getConfig()).not.toHaveProperty('ours')
  // where a request goes is still told to the propagator
  expect(http.getConfig()).toHaveProperty('startOutgoingSpanHook')
})
