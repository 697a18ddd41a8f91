import { expect, test } from 'vitest'
import { fixture, runProgram } from './run-program.js'
import { registerUrl, runWithSink } from './with-sink.js'

test('a bot on a venue that talks nonsense gets exactly what it would get without us', async () => {
  const program = fixture('bad-venue.mjs')
  const bare = await runProgram([program], { timeoutMs: 60_000 })
  expect([bare.code, bare.stderr]).toEqual([0, ''])
  expect(bare.stdout.split('\n').length).toBeGreaterThan(1000)
  const followed = await runWithSink(['--import', registerUrl, program], { timeoutMs: 60_000 })
  expect(followed.code, followed.stderr).toBe(0)
  expect(followed.stdout).toBe(bare.stdout)
  // the frozen class is said; nothing of ours has failed, and no event was refused
  const said = followed.stderr.split('\n').filter(line => line !== '' && !/telemetry thread up/.test(line))
  expect(said).toEqual([expect.stringMatching(/ccxt's class Frozen can't be patched/)])
  expect(followed.sink.spans.some(({ name }) => name === 'order')).toBe(true)
}, 120_000)
