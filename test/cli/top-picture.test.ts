import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { paintFor } from '../../src/cli/paint.js'
import { readExposition } from '../../src/cli/top/exposition.js'
import { bar, duration, rate, sparkline } from '../../src/cli/top/figures.js'
import { bucketsOf, bucketsSince, quantile } from '../../src/cli/top/histogram.js'
import { listeningAddresses } from '../../src/cli/top/listening-addresses.js'
import { picture } from '../../src/cli/top/picture.js'
import type { Reading } from '../../src/cli/top/reading.js'
import { History } from '../../src/cli/top/view.js'

const colored = paintFor({ isTTY: true, hasColors: () => true })
const plain = paintFor({})
const start = Date.UTC(2026, 0, 1)

/** What a bot shows that submits and acknowledges `perSecond` orders each second, acks of 5 to 10 ms. */
function reading(second: number, perSecond: number, more: Partial<Reading> = {}, pid = 7): Reading {
  const count = second * perSecond
  const text = `# HELP x
target_info{service_name="my \\"bot\\"",process_pid="${pid}"} 1
trading_order_submissions_total{trading_venue_name="a",trading_order_side="buy"} ${count}
trading_order_submissions_total{trading_venue_name="b",trading_order_side="buy"} ${count} # {trace_id="1"} 1
trading_order_active{trading_order_status="new"} 3
trading_order_active{trading_order_status="partially_filled"} 1
trading_order_rejections_total{trading_order_reject_reason="price_band"} 2
trading_order_stage_duration_seconds_bucket{trading_order_stage="ack",trading_order_stage_outcome="ok",le="0.005"} 0
trading_order_stage_duration_seconds_bucket{trading_order_stage="ack",trading_order_stage_outcome="ok",le="0.01"} ${count}
trading_order_stage_duration_seconds_bucket{trading_order_stage="ack",trading_order_stage_outcome="ok",le="+Inf"} ${count}
trading_order_stage_duration_seconds_count{trading_order_stage="ack",trading_order_stage_outcome="ok"} ${count}
orderscope_dropped_total{orderscope_drop_reason="ring_full"} 4
orderscope_ring_size_bytes{orderscope_lane="orders"} 25
orderscope_ring_capacity_bytes{orderscope_lane="orders"} 100
nodejs_eventloop_delay_p99_seconds 0.02`
  return {
    at: start + second * 1000,
    live: { status: 'up' },
    ready: 'ready',
    details: { pid, loopAgeSeconds: 0.05, otlp: { traces: { to: 'http://c:4318', status: 'refused the connection' } } },
    samples: readExposition(text),
    ...more,
  }
}

function viewAfter(readings: readonly Reading[]) {
  const history = new History()
  for (const each of readings) history.add(each)
  return history.view('http://127.0.0.1:9464')
}

describe('a view', () => {
  it('has rates of the last seconds, over all series', () => {
    const view = viewAfter([...Array(10).keys()].map(second => reading(second, 3)))
    const [submitted] = view.rates
    expect(submitted).toMatchObject({ name: 'submitted', perSecond: 6, total: 54 })
    expect(submitted!.history).toEqual(Array(9).fill(6))
    expect(view.service).toBe('my "bot"')
  })

  it('has quantiles of the last minute, or old ones where it has none', () => {
    const busy = viewAfter([reading(0, 2), reading(10, 2)])
    expect(busy.durations[0]).toMatchObject({ name: 'ack', p50: 0.0075, isOld: false })
    const still = { ...reading(10, 2), at: start + 11_000 }
    expect(viewAfter([reading(10, 2), still]).durations[0]).toMatchObject({ p50: 0.0075, isOld: true, perSecond: 0 })
  })

  it('begins anew with another process', () => {
    const view = viewAfter([reading(100, 3), reading(101, 1, {}, 8)])
    expect(view.rates[0]).toMatchObject({ perSecond: 0, history: [] })
  })
})

describe('a picture', () => {
  const hung = { live: { status: 'hung', sinceSeconds: 6, stage: 'order.risk_check', order: 'd-1' } } as const
  const views = [
    viewAfter([...Array(90).keys()].map(second => reading(second, 3))),
    viewAfter([reading(0, 0)]),
    viewAfter([reading(5, 1, hung)]),
  ]

  it.each([10, 40, 80, 100, 240])('is no wider than %i columns and no higher than the terminal', columns => {
    for (const view of views) {
      for (const paint of [plain, colored]) {
        const lines = picture(view, { columns, rows: 18, paint }, 'no answer')
        expect(lines.length).toBeLessThanOrEqual(18)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no column
        for (const line of lines) expect([...line.replace(/\u001b\[\d+m/g, '')].length).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('shows everything that matters', () => {
    const text = picture(views[0]!, { columns: 100, rows: 50, paint: plain }).join('\n')
    expect(text).toMatch(/● ready .*loop turned 50 ms ago/)
    expect(text).toMatch(/submitted +6\.0 +534 +█{40}/)
    expect(text).toMatch(/why rejected +price_band 2/)
    expect(text).toMatch(/ack +3\.0 +7\.5 ms +9\.5 ms +10 ms/)
    expect(text).toMatch(/ACTIVE 4/)
    expect(text).toMatch(/new +3 +█{40}\npartially_filled +1 +█{13}/)
    expect(text).toMatch(/orders lane +25\.0 % +█████·{15}/)
    expect(text).toMatch(/dropped +4 +ring_full 4/)
    expect(text).toMatch(/traces +→ http:\/\/c:4318 +refused the connection/)
  })

  it('says where the loop hangs', () => {
    const text = picture(views[2]!, { columns: 100, rows: 50, paint: plain }).join('\n')
    expect(text).toContain('■ THE LOOP HANGS since 6.00 s, last seen in order.risk_check of d-1')
  })

  it('says so in a narrow terminal too', () => {
    const lines = picture(views[2]!, { columns: 40, rows: 50, paint: plain })
    expect(lines[2]).toBe('■ THE LOOP HANGS since 6.00 s')
    expect(lines[3]).toBe('last seen in order.risk_check of d-1')
  })

  it('has room for the figures in 20 columns', () => {
    const lines = picture(views[0]!, { columns: 20, rows: 50, paint: plain })
    expect(lines.find(line => line.startsWith('submitted'))?.trimEnd()).toBe('submitted       6.0')
  })

  it('counts wide characters as the terminal does, and lets nothing steer it', () => {
    const named = (service: string) => {
      const { samples, ...rest } = reading(1, 1)
      const text = `target_info{service_name="${service}"} 1`
      return viewAfter([{ ...rest, samples: new Map([...samples, ...readExposition(text)]) as typeof samples }])
    }
    const [wide] = picture(named('取引取引取引'), { columns: 24, rows: 5, paint: plain })
    expect(wide).toBe('orderscope top · 取引取')
    const escaping = picture(named('a\u001b[2Jb\u202ec'), { columns: 80, rows: 5, paint: plain })
    expect(escaping[0]).toContain('· a[2Jbc · pid 7')
  })

  it('is of ASCII where the terminal knows nothing else', () => {
    for (const view of views) {
      const text = picture(view, { columns: 100, rows: 50, paint: plain, isAscii: true }, 'no answer').join('\n')
      expect(text).toMatch(/^[\n -~]+$/)
    }
  })
})

/** Containers often have IPv4 only. */
const hasIpv6 = networkInterfaces().lo?.some(({ family }) => family === 'IPv6') ?? false

describe.runIf(process.platform === 'linux')('where a process listens', () => {
  it.each<[string, (port: number) => string]>([
    ['127.0.0.1', (port: number) => `127.0.0.1:${port}`],
    ['127.0.0.2', (port: number) => `127.0.0.2:${port}`],
    ['0.0.0.0', (port: number) => `127.0.0.1:${port}`],
    ...(hasIpv6 ? [['::1', (port: number) => `[0:0:0:0:0:0:0:1]:${port}`] as [string, (port: number) => string]] : []),
  ])('on %s', async (host, expected) => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, host, resolve))
    const { port } = server.address() as AddressInfo
    expect(await listeningAddresses(process.pid)).toContain(expected(port))
    server.close()
    await new Promise(resolve => server.on('close', resolve))
    expect(await listeningAddresses(process.pid)).not.toContain(expected(port))
  })
})

describe('figures', () => {
  it('estimates quantiles as Prometheus does', () => {
    const buckets = bucketsOf(
      [
        ['1', 4],
        ['2', 8],
        ['4', 9],
        ['+Inf', 10],
      ].map(([le, value]) => ({ labels: { le: String(le) }, value: Number(value) })),
    )
    expect([0.2, 0.5, 0.9, 0.99].map(q => quantile(buckets, q))).toEqual([0.5, 1.25, 4, 4])
    expect(quantile(bucketsSince(buckets, buckets), 0.5)).toBeUndefined()
  })

  it.each([
    [undefined, '–'],
    [0, '0 s'],
    [0.000012, '12 µs'],
    [0.00042, '0.42 ms'],
    [0.0123, '12 ms'],
    [1.5, '1.50 s'],
    [400, '400 s'],
  ])('writes %s s as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })

  it('draws', () => {
    expect(sparkline([0, 1, 4, 8], 6)).toBe('  ▁▁▄█')
    expect(sparkline([], 3)).toBe('   ')
    expect([0, 0.0001, 0.5, 1, 2].map(share => bar(share, 4))).toEqual(['', '▏', '██', '████', '████'])
    expect([0, 0.42, 12.6].map(rate)).toEqual(['0', '0.4', '13'])
  })
})
