import { afterEach, expect, it, vi } from 'vitest'
import type { SendResult } from '../../../src/export/otlp/attempt.js'
import { CollectorNotices } from '../../../src/export/otlp/collector-notices.js'
import { Destination } from '../../../src/export/otlp/destination.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  vi.useRealTimers()
})

/** A destination whose collector answers when it is told to. */
function setUp() {
  const attempts: { readonly at: number; answer(result: SendResult): void }[] = []
  const config = {
    url: 'http://c:4318',
    protocol: 'http/protobuf',
    headers: {},
    compression: 'none',
    timeoutMs: 9000,
  } as const
  const send = () => new Promise<SendResult>(resolve => attempts.push({ at: performance.now(), answer: resolve }))
  const notices = new CollectorNotices('http://c:4318', ['traces'], () => {})
  const destination = new Destination('traces', { config, send, close() {} }, notices)
  ends.push(() => destination.close())
  return { destination, attempts, request: () => destination.deliver(Buffer.from('x'), 1) }
}

const accepted: SendResult = { outcome: 'accepted', status: 200 }
const busy = (retryAfterMs?: number): SendResult => ({
  outcome: 'retry',
  status: 429,
  error: 'answered HTTP 429',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})
const turn = () => new Promise(resolve => setTimeout(resolve, 5))

it('waits as long as the collector wishes, with everything that goes there, whatever else it takes meanwhile', async () => {
  const { attempts, request } = setUp()
  const [first, second] = [request(), request()]
  const asked = performance.now()
  attempts[0]!.answer(busy(400))
  await turn()
  attempts[1]!.answer(accepted)
  expect(await second).toEqual({ failed: 0 })
  const third = request()
  while (attempts.length < 4) {
    await turn()
    for (const attempt of attempts.slice(2)) attempt.answer(accepted)
  }
  for (const { at } of attempts.slice(2)) expect(at - asked).toBeGreaterThanOrEqual(399)
  expect(await Promise.all([first, third])).toEqual([{ failed: 0 }, { failed: 0 }])
})

it('nobody waits for it at the end of a process', async () => {
  const { attempts, request, destination } = setUp()
  const first = request()
  attempts[0]!.answer(busy(300_000))
  await turn()
  destination.hurry()
  while (attempts.length < 2) await turn()
  attempts[1]!.answer(accepted)
  expect(await first).toEqual({ failed: 0 })
})

it('several that fail at the same time are one failure, and the waiting times end at some seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { attempts, request } = setUp()
  const requests = [request(), request(), request(), request()]
  for (const { answer } of [...attempts]) answer(busy())
  // half a second at most, then one tries for all
  await vi.advanceTimersByTimeAsync(500)
  expect(attempts).toHaveLength(5)
  attempts[4]!.answer(busy())
  await vi.advanceTimersByTimeAsync(1000)
  expect(attempts).toHaveLength(6)
  for (let i = 5; i < 30; i++) {
    attempts[i]!.answer(busy())
    await vi.advanceTimersByTimeAsync(5000)
    expect(attempts).toHaveLength(i + 2)
  }
  attempts.at(-1)!.answer(accepted)
  await vi.advanceTimersByTimeAsync(5000)
  for (const { answer } of attempts) answer(accepted)
  expect(await Promise.all(requests)).toEqual([{ failed: 0 }, { failed: 0 }, { failed: 0 }, { failed: 0 }])
})
