import { expect, test } from 'vitest'
import { ControlBlock, createControlMemory, dropIndex } from '../../src/channel/control-block.js'
import { frameKinds } from '../../src/channel/lanes.js'

test('the stage and order that the loop was last seen in', () => {
  const writer = new ControlBlock(createControlMemory())
  const reader = new ControlBlock(writer.memory)
  expect(reader.lastSeen).toBeUndefined()
  writer.enterStage(0, 'd-000118')
  expect(reader.lastSeen).toEqual({ stage: 0, order: 'd-000118' })
  writer.enterStage(3, 'x'.repeat(100))
  expect(reader.lastSeen).toEqual({ stage: 3, order: 'x'.repeat(64) })
})

test('drops are counted by reason', () => {
  const writer = new ControlBlock(createControlMemory())
  writer.countDrop(dropIndex('attribute_cut'), 3)
  writer.countDrop(dropIndex('orders_ring_full', 'orders', frameKinds.span))
  writer.countDrop(dropIndex('orders_ring_full', 'orders', frameKinds.log))
  const reader = new ControlBlock(writer.memory)
  expect([
    reader.dropped('attribute_cut'),
    reader.dropped('orders_ring_full'),
    reader.dropped('other_ring_full'),
  ]).toEqual([3, 2, 0])
})

test('a drain that nobody answers ends at its bound and tells what would be lost', () => {
  const block = new ControlBlock(createControlMemory())
  block.beginDrain()
  block.reportRemaining(12, 3, 'nobody there')
  expect(block.requestDrain(20)).toEqual({
    answered: false,
    delivered: false,
    lostSpans: 12,
    lostLogs: 3,
    reason: 'nobody there',
  })
  block.reportRemaining(0, 0)
  block.answerDrain(true)
  expect(block.requestDrain(20)).toEqual({ answered: true, delivered: true, lostSpans: 0, lostLogs: 0, reason: '' })
  expect(block.drainRequested).toBe(false)
})
