import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { root, runProgram } from '../../process/run-program.js'
import { runWithSink } from '../../process/with-sink.js'
import { runExample, valuesBy } from '../run-example.js'

beforeAll(async () => {
  const { code, stderr } = await runProgram([join(root, 'examples/bundled/build.mjs'), '--whole'], {
    timeoutMs: 50_000,
  })
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

it('a bundle that holds everything works in the loop, and says so', async () => {
  const alone = mkdtempSync(join(tmpdir(), 'orderscope-bundled-'))
  try {
    copyFileSync(join(root, 'examples/bundled/dist/whole.mjs'), join(alone, 'whole.mjs'))
    const { code, stdout, stderr, sink } = await runWithSink([join(alone, 'whole.mjs')], {
      cwd: alone,
      timeoutMs: 50_000,
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'filled\n' })
    expect(stderr.match(/no telemetry thread \(.*\); telemetry runs in the application's loop instead/g)).toHaveLength(
      1,
    )
    expectOrderTrace(sink, { clientId: 'b-1' }).toHaveStages('submit', 'ack', 'fill', 'fill').toHaveNoAnomalies()
    expect(valuesBy(sink, 'trading.orders', 'trading.order.status')).toEqual({ filled: 1 })
  } finally {
    rmSync(alone, { recursive: true, force: true })
  }
})
