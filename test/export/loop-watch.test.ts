import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { orderStages } from '../../src/catalog/attributes.js'
import { ControlBlock, createControlMemory } from '../../src/channel/control-block.js'
import type { Liveness } from '../../src/export/health-report.js'
import { LoopWatch } from '../../src/export/loop-watch.js'

let clock = 1000
let control: ControlBlock
let told: (Liveness | number)[]
let watch: LoopWatch

beforeEach(() => {
  control = new ControlBlock(createControlMemory())
  told = []
  watch = new LoopWatch({
    control: () => control,
    hangAfterMs: 5000,
    onHang: liveness => told.push(liveness),
    onRecovery: ms => told.push(ms),
    now: () => clock,
  })
})
afterEach(() => watch.stop())

function pass(ms: number, { beating = false, tickMs = 200 } = {}): void {
  for (const end = clock + ms; clock < end; ) {
    clock += tickMs
    if (beating) control.beat()
    watch.tick()
  }
}

describe('LoopWatch', () => {
  it('is starting until the first beat, and says for how long', () => {
    pass(4800)
    expect(watch.liveness).toEqual({ status: 'starting', sinceSeconds: 4.8 })
    pass(200, { beating: true })
    expect(watch.liveness).toEqual({ status: 'up' })
    expect(told).toEqual([])
  })

  it('calls a loop hung that hasn’t turned once within 5 s of the start', () => {
    pass(5000)
    expect(watch.hasBeaten).toBe(false)
    expect(told).toEqual([{ status: 'hung', sinceSeconds: 5 }])
    pass(15_000)
    expect(watch.liveness).toEqual({ status: 'hung', sinceSeconds: 20 })
    pass(200, { beating: true })
    expect(watch.liveness).toEqual({ status: 'up' })
    expect(told).toEqual([{ status: 'hung', sinceSeconds: 5 }, 20_200])
  })

  it('calls a loop hung that hasn’t turned for 5 s, says where it was, and that it is back', () => {
    pass(1000, { beating: true })
    control.enterStage(orderStages.indexOf('risk_check'), 'd-000117')
    pass(4800)
    expect(watch.liveness).toEqual({ status: 'up' })
    pass(200)
    const hung = { status: 'hung', stage: 'order.risk_check', order: 'd-000117' }
    expect(told).toEqual([{ ...hung, sinceSeconds: 5 }])
    pass(3000)
    expect(watch.liveness).toEqual({ ...hung, sinceSeconds: 8 })
    pass(200, { beating: true })
    expect(watch.liveness).toEqual({ status: 'up' })
    expect(told).toEqual([{ ...hung, sinceSeconds: 5 }, 8200])
  })

  it('names no stage when none is under way', () => {
    pass(1000, { beating: true })
    pass(5000)
    expect(watch.liveness).toEqual({ status: 'hung', sinceSeconds: 5 })
    control.enterStage(-1, '')
    expect(watch.liveness).toEqual({ status: 'hung', sinceSeconds: 5 })
  })

  it('doesn’t call a suspended process hung', () => {
    pass(1000, { beating: true })
    clock += 3_600_000
    watch.tick()
    expect(watch.liveness).toEqual({ status: 'up' })
    pass(4000)
    expect(told).toEqual([])
    pass(2000)
    expect(watch.liveness.status).toBe('hung')
  })
})
