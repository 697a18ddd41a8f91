import { expect, it } from 'vitest'
import { Replayer } from '../../../src/cli/replay/replayer.js'
import { TextReport } from '../../../src/cli/replay/text-report.js'
import { entriesOf } from './entries.js'
import { newOrder, report } from './fix-log.js'

it('shows every order of a log that has more than are followed at once', () => {
  const log = Array.from({ length: 50 }, (_, index) => {
    const id = `a-${index}`
    const fill = { type: 'F', status: '2', quantity: 5, cumulative: 5, last: 5, id: `x-${index}` }
    return `${newOrder(id, 5, index * 10)}\n${report(id, fill, index * 10 + 3)}\n`
  }).join('')
  const replayer = new Replayer(10)
  const text = new TextReport(100)
  for (const entry of entriesOf(log)) if (entry.kind === 'message') text.message(replayer.apply(entry))
  const end = [...text.end(replayer.time)].join('')
  expect(end.match(/(?<=^order )a-\d+/gm)).toEqual(Array.from({ length: 50 }, (_, index) => `a-${index}`))
  expect(end).toContain('100 messages · 50 orders (50 filled) · 50 anomalies (50 fill_before_ack)')
})
