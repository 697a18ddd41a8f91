import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runReplay } from './run-replay.js'

const directory = join(import.meta.dirname, '../../fixtures/data/fix-logs')
const logs = readdirSync(directory).filter(name => name.endsWith('.log'))

/** What the flow comes to (test/fixtures/data/fix-logs/README.md). */
const outcomes: Readonly<Record<string, readonly unknown[]>> = {
  fix44: [
    ['q-1', 'partially_filled', '90', '10.533333333333'],
    ['q-3', 'rejected', '0', null],
    ['q-4', 'filled', '10', '11'],
    ['q-6', 'canceled', '0', null],
  ],
  fix42: [['p-1', 'canceled', '45', '10.4']],
}

/** What is otherwise, with the reason. */
const exceptions: Readonly<
  Record<string, { readonly orders?: readonly unknown[]; readonly errors?: RegExp; readonly stderr?: RegExp }>
> = {
  // the engine lost its session over the data field: q-6 was never canceled
  'quickfixgo-file-initiator.fix44.log': { orders: [...outcomes.fix44!.slice(0, 3), ['q-6', 'new', '0', null]] },
  'quickfixgo-screen.fix44.log': {
    orders: [...outcomes.fix44!.slice(0, 3), ['q-6', 'new', '0', null]],
    errors: /^cut off: BodyLength \(9\) says 168 bytes, 157 are there$/,
  },
  'quickfixj-file-initiator.fix44.log': { stderr: /^orderscope replay: line 24: CheckSum \(10\) is 195/ },
  'quickfixj-screen.fix44.log': { stderr: /^orderscope replay: line 35: CheckSum \(10\) is 178/ },
  'quickfixj-slf4j.fix44.log': { stderr: /^orderscope replay: line 49: CheckSum \(10\) is 187/ },
}

describe.each(logs)('%s', name => {
  const file = join(directory, name)
  const version = /\.(fix\d\d)\./.exec(name)![1]!
  const exception = exceptions[name] ?? {}

  it('gives every order as it was', async () => {
    const { code, objects, stderr } = await runReplay('--json', file)
    expect(code).toBe(0)
    if (exception.stderr === undefined) expect(stderr).toBe('')
    else expect(stderr).toMatch(exception.stderr)
    const errors = objects.filter(object => 'error' in object)
    expect(errors.map(({ error }) => error)).toEqual(
      exception.errors === undefined ? [] : [expect.stringMatching(exception.errors)],
    )
    expect(objects.flatMap(({ anomalies }) => anomalies ?? [])).toEqual([])
    const orders = new Map<unknown, unknown[]>()
    for (const { order, status, cumulativeQuantity, averagePrice } of objects) {
      if (typeof order === 'string') orders.set(order, [order, status, cumulativeQuantity, averagePrice])
    }
    expect([...orders.values()]).toEqual(exception.orders ?? outcomes[version])
  })

  it('accounts for every message in it', async () => {
    const text = readFileSync(file, 'latin1')
    // each begins with BeginString and BodyLength, wherever it stands
    const messages = text.match(/8=FIX\.4\.[24]\W{1,2}(?:x01)?9=/g)!.length
    const { objects } = await runReplay('--json', file)
    expect(objects).toHaveLength(messages)
  })

  it('leaves no stage open but that of an answer that never came', async () => {
    const { stdout } = await runReplay(file)
    expect(stdout.includes('no answer')).toBe(name.startsWith('quickfixgo') && version === 'fix44')
  })

  it("has the fills that another engine's log of the same flow has", async () => {
    const other = join(directory, `quickfix-cpp-file-initiator.${version}.log`)
    const { objects } = await runReplay('--json', '--diff', other, file)
    expect(objects).toEqual([
      expect.objectContaining({ summary: expect.objectContaining({ missed: 0, differing: 0 }) }),
    ])
  })
})
