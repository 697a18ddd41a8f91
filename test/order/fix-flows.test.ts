import { describe, expect, it } from 'vitest'
import { createFixConverter } from '../../src/order/fix/index.js'
import { createTracker } from '../../src/order/tracker.js'
import type { Order } from '../../src/order/transition.js'

/**
 * Flows that the order state change matrices of FIX don't show, as venues send them. A line is a message, then what
 * the order is after it: status, cumulative/leaves. `--` is the next day: sequence numbers begin anew.
 */
const flows: Readonly<Record<string, string>> = {
  'orders canceled by one mass cancel, under the id of its request': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=q|11=m1|530=7                                              -
    35=r|11=m1|37=r1|530=7|531=7                                  -
    35=8|37=oa|11=m1|41=a1|150=4|39=4|38=10|14=0|151=0            canceled 0/0`,
  'an unsolicited cancel of a partly filled order': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=1|38=10|32=4|31=10|14=4|151=6 partially_filled 4/6
    35=8|37=oa|11=a1|150=4|39=4|38=10|14=4|151=0                  canceled 4/0`,
  'PossResend of an order that the venue has': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=D|11=a1|38=10|97=Y                                         new 0/10
    35=8|37=oa|11=a1|150=I|39=0|38=10|14=0|151=10                 new 0/10`,
  'a GTC order over three days, restated on one morning, acknowledged again on the other': `
    35=D|11=a1|38=10|59=1                                         pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=1|38=10|32=4|31=10|14=4|151=6 partially_filled 4/6
    35=8|37=oa|11=a1|150=3|39=3|38=10|14=4|151=6                  done_for_day 4/6
    --
    35=8|37=oa|11=a1|150=D|39=1|38=10|14=4|151=6|378=1            partially_filled 4/6
    35=8|37=oa|11=a1|17=x2|150=F|39=1|38=10|32=1|31=10|14=5|151=5 partially_filled 5/5
    35=8|37=oa|11=a1|150=3|39=3|38=10|14=5|151=5                  done_for_day 5/5
    --
    35=8|37=oa|11=a1|150=0|39=1|38=10|14=5|151=5                  partially_filled 5/5
    35=8|37=oa|11=a1|17=x3|150=F|39=2|38=10|32=5|31=10|14=10|151=0 filled 10/0`,
  'client ids that begin anew on the next day': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|17=x1|150=0|39=0|38=10|14=0|151=10           new 0/10
    35=8|37=oa|11=a1|17=x2|150=F|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0
    --
    35=D|11=a1|38=7                                               pending_new 0/7
    35=8|37=ob|11=a1|17=x3|150=0|39=0|38=7|14=0|151=7             new 0/7
    35=8|37=ob|11=a1|17=x4|150=F|39=2|38=7|32=7|31=10|14=7|151=0  filled 7/0`,
  'filled, done for the day, calculated': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0
    35=8|37=oa|11=a1|150=3|39=3|38=10|14=10|151=0                 done_for_day 10/0
    35=8|37=oa|11=a1|150=B|39=B|38=10|14=10|151=0                 calculated 10/0`,
  'a spread: the fill of the whole counts, those of its legs tell nothing more': `
    35=AB|11=a1|38=10                                             pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=2|442=3|38=10|32=10|31=3|14=10|151=0    filled 10/0
    35=8|37=oa|11=a1|17=x2|150=F|39=2|442=2|55=L1|38=10|32=10|31=103|14=10|151=0 filled 10/0
    35=8|37=oa|11=a1|17=x3|150=F|39=2|442=2|55=L2|54=2|38=20|32=20|31=100|14=20|151=0 filled 10/0`,
  'a multileg order that is replaced': `
    35=AB|11=a1|38=10                                             pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=AC|11=a2|41=a1|38=8                                        new 0/10
    35=8|37=oa|11=a2|41=a1|150=5|39=0|38=8|14=0|151=8             new 0/8`,
  'restated down, then filled': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=1|38=10|32=4|31=10|14=4|151=6 partially_filled 4/6
    35=8|37=oa|11=a1|150=D|39=1|38=6|14=4|151=2|378=5             partially_filled 4/2
    35=8|37=oa|11=a1|17=x2|150=F|39=2|38=6|32=2|31=10|14=6|151=0  filled 6/0`,
  'a replace chain whose middle links are refused': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=G|41=a1|11=a2|38=12                                        new 0/10
    35=G|41=a2|11=a3|38=14                                        new 0/10
    35=9|37=oa|11=a2|41=a1|39=0|434=2|102=2                       new 0/10
    35=9|37=oa|11=a3|41=a2|39=0|434=2|102=2                       new 0/10
    35=G|41=a1|11=a4|38=16                                        new 0/10
    35=8|37=oa|11=a4|41=a1|150=5|39=0|38=16|14=0|151=16           new 0/16
    35=8|37=oa|11=a4|17=x1|150=F|39=2|38=16|32=16|31=1|14=16|151=0 filled 16/0`,
  'a fill of everything while a replace is pending that asks for more': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=G|41=a1|11=a2|38=12                                        new 0/10
    35=8|37=oa|11=a2|41=a1|150=E|39=E|38=10|14=0|151=10           pending_replace 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=E|38=10|32=10|31=1|14=10|151=0 pending_replace 10/0
    35=8|37=oa|11=a2|41=a1|150=5|39=1|38=12|14=10|151=2           partially_filled 10/2
    35=8|37=oa|11=a2|17=x2|150=F|39=2|38=12|32=2|31=1|14=12|151=0 filled 12/0`,
  'a stop order is triggered': `
    35=D|11=a1|38=10|40=3|99=9                                    pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|150=L|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0`,
  'suspended, released, filled': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|150=9|39=9|38=10|14=0|151=10                 suspended 0/10
    35=8|37=oa|11=a1|150=D|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0`,
  'an immediate-or-cancel order whose last fill says that the rest is canceled': `
    35=D|11=a1|38=10|59=3                                         pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=8|37=oa|11=a1|17=x1|150=F|39=4|38=10|32=4|31=10|14=4|151=0 canceled 4/0`,
  'a replace gives the order another OrderID': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|150=0|39=0|38=10|14=0|151=10                 new 0/10
    35=G|41=a1|11=a2|37=oa|38=12                                  new 0/10
    35=8|37=oz|11=a2|41=a1|150=5|39=0|38=12|14=0|151=12           new 0/12
    35=8|37=oz|17=x1|150=F|39=2|38=12|32=12|31=1|14=12|151=0      filled 12/0`,
  'FIX 4.0, without ExecType': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|17=y1|20=0|39=0|38=10|14=0                   new 0/10
    35=8|37=oa|11=a1|17=y2|20=0|39=1|38=10|32=4|31=10|14=4        partially_filled 4/6
    35=8|37=oa|11=a1|17=y3|20=0|39=2|38=10|32=6|31=10|14=10       filled 10/0
    35=8|37=oa|11=a1|17=y4|19=y3|20=1|39=1|38=10|32=6|31=10|14=4  partially_filled 4/6`,
  'FIX 4.2, a bust and a correction whose ExecType tells of the order': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|17=y1|20=0|150=0|39=0|38=10|14=0|151=10      new 0/10
    35=8|37=oa|11=a1|17=y2|20=0|150=1|39=1|38=10|32=4|31=10|14=4|151=6 partially_filled 4/6
    35=8|37=oa|11=a1|17=y3|19=y2|20=1|150=0|39=0|38=10|32=4|31=10|14=0|151=10 new 0/10
    35=8|37=oa|11=a1|17=y4|20=0|150=2|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0
    35=8|37=oa|11=a1|17=y5|19=y4|20=2|150=0|39=1|38=10|32=9|31=1|14=9|151=1 partially_filled 9/1`,
  'an execution that we did not know (DK) is busted': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|17=y1|150=0|39=0|38=10|14=0|151=10           new 0/10
    35=8|37=oa|11=a1|17=y3|150=F|39=2|38=10|32=10|31=1|14=10|151=0 filled 10/0
    35=Q|37=oa|17=y3|127=A|32=10|31=10                            -
    35=8|37=oa|11=a1|17=y4|19=y3|150=H|39=0|38=10|32=0|14=0|151=10 new 0/10`,
  'an order by cash amount whose quantity nobody tells before the last fill': `
    35=D|11=a1|152=1000|40=1                                      pending_new 0/?
    35=8|37=oa|11=a1|17=z1|150=0|39=0|14=0|151=0                  new 0/?
    35=8|37=oa|11=a1|17=z2|150=F|39=1|32=40|31=10|14=40|151=0     partially_filled 40/?
    35=8|37=oa|11=a1|17=z3|150=F|39=2|32=59.5|31=10|14=99.5|151=0 filled 99.5/0`,
  'expired, then corrected, then busted': `
    35=D|11=a1|38=10                                              pending_new 0/10
    35=8|37=oa|11=a1|17=y1|150=0|39=0|38=10|14=0|151=10           new 0/10
    35=8|37=oa|11=a1|17=y3|150=F|39=1|38=10|32=4|31=10|14=4|151=6 partially_filled 4/6
    35=8|37=oa|11=a1|17=y4|150=C|39=C|38=10|14=4|151=0            expired 4/0
    35=8|37=oa|11=a1|17=y5|19=y3|150=G|39=C|38=10|32=3|31=10|14=3|151=0 expired 3/0
    35=8|37=oa|11=a1|17=y6|19=y5|150=H|39=C|38=10|32=0|14=0|151=0 expired 0/0`,
}

const day = 24 * 3_600_000

/** The messages of a flow with a header each, and what is expected after them. */
function messagesOf(flow: string) {
  let time = Date.UTC(2026, 10, 2, 10)
  let numbers = [0, 0]
  return flow
    .split('\n')
    .slice(1)
    .flatMap(line => {
      if (line.trim() === '--') {
        time += day
        numbers = [0, 0]
        return []
      }
      const [, text, expected] = /^\s*(\S+)\s+(.*)$/.exec(line)!
      time += 100
      const own = text!.split('|').map(field => field.split('=') as [string, string])
      const byVenue = ['8', '9', 'r'].includes(own[0]![1])
      const number = String(++numbers[byVenue ? 0 : 1]!)
      const at = new Date(time).toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '')
      const defaults = byVenue ? { 49: 'V', 56: 'D' } : { 49: 'D', 56: 'V', 40: '2', 44: '10' }
      const fields = { 55: 'A', 54: '1', ...defaults, 34: number, 52: at, 60: at, ...Object.fromEntries(own) }
      return [{ time, fields: fields as Record<string, string>, expected: expected! }]
    })
}

function shown(order: Order | undefined): string {
  return order === undefined ? '-' : `${order.status} ${order.cumulativeQuantity}/${order.leavesQuantity ?? '?'}`
}

describe('flows that venues send', () => {
  it.each(Object.entries(flows))('%s', (_, flow) => {
    const messages = messagesOf(flow)
    let now = 0
    const tracker = createTracker({ venue: 'v', clock: () => now })
    const converter = createFixConverter()
    const anomalies: string[] = []
    const found = messages.map(({ time, fields }) => {
      now = time
      const transitions = converter.toOrderEvents(fields, { time }).map(event => tracker.apply(event))
      for (const each of transitions)
        anomalies.push(...each.anomalies.map(({ kind, message }) => `${kind}: ${message}`))
      return shown(transitions.at(-1)?.order)
    })
    expect(found).toEqual(messages.map(({ expected }) => expected))
    expect(anomalies).toEqual([])
  })

  it('a reject of a multileg order by its number rejects it', () => {
    const tracker = createTracker({ venue: 'v' })
    const converter = createFixConverter()
    const sent = { 35: 'AB', 11: 'a1', 34: '2', 49: 'D', 56: 'V', 55: 'A', 54: '1', 38: '5', 40: '2' }
    const refused = { 35: 'j', 34: '9', 49: 'V', 56: 'D', 45: '2', 372: 'AB', 380: '3' }
    for (const message of [sent, refused]) for (const event of converter.toOrderEvents(message)) tracker.apply(event)
    expect(tracker.get('a1')).toMatchObject({ status: 'rejected' })
  })
})
