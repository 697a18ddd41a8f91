import { describe, expect, it } from 'vitest'
import { CollectorNotices } from '../../../src/export/otlp/collector-notices.js'

function setUp() {
  const said: string[] = []
  return {
    said,
    notices: new CollectorNotices('http://c:4318', ['traces', 'logs', 'metrics'], line => said.push(line)),
  }
}

describe('CollectorNotices', () => {
  it('says once for all signals that nobody is there, and that somebody is', () => {
    const { said, notices } = setUp()
    for (const signal of ['traces', 'logs', 'metrics', 'traces'] as const)
      notices.failed(signal, { outcome: 'retry', error: 'refused the connection', unreachable: true })
    for (const signal of ['logs', 'traces', 'metrics'] as const) notices.answered(signal)
    expect(said).toEqual([
      'http://c:4318 refused the connection. The traces, logs and metrics are kept and tried again.',
      'http://c:4318 answers: the traces, logs and metrics go out.',
    ])
  })

  it('names the one signal that gets no answer, and leaves it at that while the others go out', () => {
    const { said, notices } = setUp()
    for (let attempt = 0; attempt < 3; attempt++) {
      notices.failed('logs', { outcome: 'retry', error: 'gave no answer within 10000 ms' })
      notices.answered('traces')
    }
    expect(said).toEqual(['http://c:4318 gave no answer within 10000 ms. The logs are kept and tried again.'])
  })

  it('names the one signal that is answered with an error', () => {
    const { said, notices } = setUp()
    notices.failed('logs', { outcome: 'retry', status: 503, error: 'answered HTTP 503' })
    notices.answered('traces')
    notices.answered('logs')
    expect(said).toEqual([
      'http://c:4318 answered HTTP 503. The logs are kept and tried again.',
      'http://c:4318 answers: the logs go out.',
    ])
  })

  it('says each way of refusing once, and not without end', () => {
    const { said, notices } = setUp()
    notices.refused('traces', 'answered HTTP 400')
    notices.refused('logs', 'answered HTTP 400')
    notices.refusedPart('logs', 2, 'too old')
    notices.refusedPart('logs', 3, 'too old')
    expect(said).toEqual([
      'http://c:4318 answered HTTP 400. The traces that it got are lost; said once.',
      'http://c:4318 took a part of the logs only: 2 refused (too old); said once.',
    ])
    for (let i = 0; i < 100; i++) notices.refused('traces', `answered HTTP 400 (request ${i})`)
    expect(said.length).toBeLessThan(10)
  })

  it('tells no more than once a minute of one that fails and answers by turns, and of an outage that stays', () => {
    const said: string[] = []
    let time = 0
    const notices = new CollectorNotices(
      'http://localhost:4318',
      ['traces', 'logs'],
      line => said.push(line),
      () => time,
    )
    for (let i = 0; i < 100; i++, time += 1000) {
      notices.failed('traces', { outcome: 'retry', error: 'answered HTTP 429' })
      notices.failed('logs', { outcome: 'retry', error: 'refused the connection', unreachable: true })
      notices.answered('traces')
      notices.answered('logs')
    }
    // two minutes, two outages in each, and that they are over
    expect(said.length).toBeLessThanOrEqual(8)
    said.length = 0
    for (let i = 0; i < 100; i++, time += 1000) {
      notices.failed('traces', { outcome: 'retry', error: 'answered HTTP 503' })
    }
    expect(said).toEqual(['http://localhost:4318 answered HTTP 503. The traces are kept and tried again.'])
  })
})
