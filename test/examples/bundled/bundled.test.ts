import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { root, runProgram } from '../../process/run-program.js'
import { runExample, valuesBy } from '../run-example.js'

beforeAll(async () => {
  const { code, stderr } = await runProgram([join(root, 'examples/bundled/build.mjs')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

it('a bundle that leaves packages outside is like any bot', async () => {
  const { code, stdout, stderr, sink } = await runExample('bundled/dist/bot.mjs')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'filled\n' })
  expect(stderr).not.toContain("in the application's loop")
  expectOrderTrace(sink, { clientId: 'b-1' })
    .toHaveStages('submit', 'ack', 'fill', 'fill')
    .toBeDone('filled')
    .toHaveExecuted('2', '60000.75')
    .toHaveNoAnomalies()
  expect(valuesBy(sink, 'trading.orders', 'trading.order.status')).toEqual({ filled: 1 })
})
