import { describe, expect, it } from 'vitest'
import { createFixConverter } from '../../src/order/fix/index.js'
import { createTracker } from '../../src/order/tracker.js'
import type { Order, Transition } from '../../src/order/transition.js'
import { asFix42, type MatrixMessage, messagesOf, withholdFigures } from './fix-matrix.js'
import { type MatrixScenario, matrixScenarios } from './fix-scenarios.js'

/** Rows where the tracker rightly differs from what is printed. */
const exceptions: Readonly<
  Record<string, { readonly status?: string; readonly leaves?: string; readonly reason: string }>
> = {
  'E.1.a 2': { leaves: '10000', reason: 'printed LeavesQty 0 on a new order of 10000' },
  'B.1.d 4': { status: 'pending_cancel', reason: 'printed New while a cancel is pending, which takes precedence' },
}

const snakeCase = (status: string): string => status.replace(/(?<=[a-z])[A-Z]/g, letter => `_${letter}`).toLowerCase()

interface Seen {
  readonly message: MatrixMessage
  readonly transition: Transition
  readonly figures: { status: string; cumulative: string; leaves: string | undefined; average: string | undefined }
}

function figuresOf(order: Order | undefined): Seen['figures'] {
  if (order === undefined) throw new Error('no order')
  return {
    status: order.status,
    cumulative: order.cumulativeQuantity,
    leaves: order.leavesQuantity,
    // FIX prints 0 where nothing has been executed
    average: order.cumulativeQuantity === '0' ? '0' : order.averagePrice,
  }
}

function play(messages: readonly MatrixMessage[]): Seen[] {
  const tracker = createTracker({ venue: 'broker', clock: () => 0 })
  const converter = createFixConverter()
  return messages.map(message => {
    let last: Transition | undefined
    for (const event of converter.toOrderEvents(message.fields)) last = tracker.apply(event)
    if (last === undefined) throw new Error(`no event of ${[...message.fields].join(' ')}`)
    return { message, transition: last, figures: figuresOf(last.order) }
  })
}

function check(scenario: MatrixScenario, messages: readonly MatrixMessage[]): void {
  const rows = play(messages).filter(({ message }) => message.row.status !== undefined)
  expect(rows.length).toBeGreaterThan(0)
  const computed: object[] = []
  const printed: object[] = []
  for (const { message, figures } of rows) {
    const { row } = message
    const exception = exceptions[`${scenario.id} ${row.time}`]
    const name = `${scenario.id} ${row.time} ${row.what}`
    const average = row.facts.get('a')
    printed.push({
      name,
      status: exception?.status ?? snakeCase(row.status!),
      ...(row.facts.has('c') ? { cumulative: row.facts.get('c') } : {}),
      ...(row.facts.has('l') ? { leaves: exception?.leaves ?? row.facts.get('l') } : {}),
      ...(average === undefined ? {} : { average }),
    })
    computed.push({
      name,
      status: figures.status,
      ...(row.facts.has('c') ? { cumulative: figures.cumulative } : {}),
      ...(row.facts.has('l') ? { leaves: figures.leaves } : {}),
      ...(average === undefined ? {} : { average: figures.average }),
    })
  }
  expect(computed).toEqual(printed)
}

describe('the order state change matrices of FIX', () => {
  for (const scenario of matrixScenarios) {
    it(`${scenario.id}: ${scenario.title}`, () => check(scenario, messagesOf(scenario)))
  }

  it('covers the rows of the source', () => {
    expect(matrixScenarios.length).toBe(65)
    expect(matrixScenarios.reduce((rows, scenario) => rows + messagesOf(scenario).length, 0)).toBeGreaterThan(390)
  })
})

describe('the same, computed without the figures of the venue', () => {
  for (const scenario of matrixScenarios) {
    it(`${scenario.id}: ${scenario.title}`, () => check(scenario, withholdFigures(messagesOf(scenario))))
  }
})

describe('the same, as FIX 4.2 says it', () => {
  for (const scenario of matrixScenarios) {
    it(`${scenario.id}: ${scenario.title}`, () => {
      check(scenario, asFix42(messagesOf(scenario)))
      check(scenario, withholdFigures(asFix42(messagesOf(scenario))))
    })
  }
})

describe('the same, each report told twice, the second time as a resend', () => {
  for (const scenario of matrixScenarios) {
    it(`${scenario.id}: ${scenario.title}`, () => {
      const twice = messagesOf(scenario).flatMap(message => {
        if (message.row.from !== 'broker') return [message]
        return [message, { row: message.row, fields: new Map([...message.fields, [43, 'Y']]) }]
      })
      check(scenario, twice)
    })
  }
})

describe('the same, each report in turn lost and sent again', () => {
  // the later message, then the lost one, then the later one again: what a log shows after a gap
  const endOf = (messages: readonly MatrixMessage[]): Seen['figures'][] => {
    const orders = new Map(play(messages).map(({ transition }) => [transition.order?.rootId, transition.order]))
    return [...orders.values()].map(figuresOf)
  }
  const resent = ({ row, fields }: MatrixMessage): MatrixMessage => ({ row, fields: new Map([...fields, [43, 'Y']]) })

  for (const scenario of matrixScenarios) {
    it(`${scenario.id}: ${scenario.title}`, () => {
      for (const messages of [
        messagesOf(scenario),
        withholdFigures(messagesOf(scenario)),
        asFix42(messagesOf(scenario)),
      ]) {
        const expected = endOf(messages)
        for (const [index, lost] of messages.entries()) {
          const next = messages.findIndex(({ row }, other) => other > index && row.from === 'broker')
          if (lost.row.from !== 'broker' || next < 0) continue
          const later = messages.slice(index + 1, next + 1)
          const arrival = [
            ...messages.slice(0, index),
            ...later,
            resent(lost),
            resent(messages[next]!),
            ...messages.slice(next + 1),
          ]
          expect(endOf(arrival), `row ${lost.row.time} lost`).toEqual(expected)
        }
      }
    })
  }
})
