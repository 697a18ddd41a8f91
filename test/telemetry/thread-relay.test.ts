import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { WriterMessage } from '../../src/channel/messages.js'
import { joinRelay, openRelay, relayInvitation } from '../../src/telemetry/thread-relay.js'

const written = vi.hoisted(() => ({ text: '' }))
vi.mock('node:fs', async original => ({
  ...(await original<typeof import('node:fs')>()),
  // the edge of the world: what would stand on stderr
  writeSync: (_: number, text: string) => {
    written.text += text
  },
}))

test('worker threads beyond the bound are told once and counted each, and none before', async () => {
  const heard = new Set<number>()
  let refused = 0
  const relay = openRelay(
    1,
    message => heard.add(message.writer),
    () => refused++,
  )
  const thread = joinRelay(relayInvitation()!, () => {})
  const starts = (writer: number) => {
    const memory = new SharedArrayBuffer(8)
    const rings = { orders_spans: memory, orders_logs: memory, other_spans: memory, other_logs: memory }
    thread.post({ kind: 'writer', writer, control: memory, rings, startTime: 0 })
    thread.post({ kind: 'observables', writer } satisfies WriterMessage)
  }
  for (let writer = 1; writer <= 256; writer++) starts(writer)
  while (heard.size < 256) await sleep(5)
  expect([written.text, refused]).toEqual(['', 0])
  for (let writer = 257; writer <= 260; writer++) starts(writer)
  while (refused < 4) await sleep(5)
  await sleep(50)
  expect(refused).toBe(4)
  expect(written.text).toMatch(/^orderscope: the application has started more than 256 worker threads; .*\n$/)
  expect([heard.size, relay.described.length]).toEqual([256, 512])
  thread.close()
  relay.close()
})
