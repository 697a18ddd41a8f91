import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runReplay } from '../../../src/cli/replay.js'
import { createFixConverter } from '../../../src/order/fix/index.js'
import { createTracker } from '../../../src/order/tracker.js'
import { messagesOf } from '../../order/fix-matrix.js'
import { matrixScenarios } from '../../order/fix-scenarios.js'
import { at, fix, shown } from './fix-log.js'

const directory = mkdtempSync(join(tmpdir(), 'orderscope-scenarios-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What `--json` prints of a log. */
async function replay(log: string): Promise<unknown[]> {
  const file = join(directory, 'scenario.log')
  writeFileSync(file, log, 'latin1')
  let stdout = ''
  let stderr = ''
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  }
  expect(await runReplay([file, '--json'], io)).toBe(0)
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as unknown)
}

describe('the order state change matrices of FIX, as logs', () => {
  it.each(matrixScenarios.map(scenario => [scenario.id, scenario] as const))('%s', async (_, scenario) => {
    const tracker = createTracker({ venue: 'broker', clock: () => 0 })
    const converter = createFixConverter()
    const messages = messagesOf(scenario)
    // what the tracker computes when it is told the same without a log
    const expected = messages.map(({ fields }, index) => {
      const time = Date.UTC(2026, 10, 21, 10) + index
      const transitions = converter.toOrderEvents(fields, { time }).map(event => tracker.apply(event))
      const order = transitions.at(-1)?.order
      return {
        line: index + 1,
        order: order?.rootId ?? null,
        clientId: order?.clientId ?? null,
        status: order?.status ?? null,
        cumulativeQuantity: order?.cumulativeQuantity ?? null,
        leavesQuantity: order?.leavesQuantity ?? null,
        averagePrice: order?.averagePrice ?? null,
        anomalies: [...new Set(transitions.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind)))],
      }
    })
    const log = messages.map(({ fields }, index) => `${fix([...fields, [52, at(index)]])}\n`).join('')
    expect(await replay(log)).toEqual(expected)
    expect(await replay(shown(log, '|'))).toEqual(expected)
  })
})
