import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTcp, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { bind } from '../../../src/metrics/bind.js'
import { type Connected, connect, createWriter } from '../export-host.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Answer {
  readonly status: number
  readonly body: Buffer
}

function ask({ url }: Connected, headers: Record<string, string> = {}, path = '/metrics'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers, agent: false }, message => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('end', () => resolve({ status: message.statusCode!, body: Buffer.concat(chunks) }))
      message.on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

const GZIP = { 'accept-encoding': 'gzip' }

interface Whole {
  readonly series: number
  readonly histograms: number
}

/** What a text tells; throws where a histogram is torn: each measurement was 1, so its sum is its count. */
function read(text: string): Whole {
  const counters = new Set<string>()
  const inf = new Map<string, string>()
  const counts = new Map<string, string>()
  let histograms = 0
  for (const line of text.split('\n')) {
    const space = line.lastIndexOf(' ')
    const [head, value] = [line.slice(0, space), line.slice(space + 1)]
    if (line.startsWith('plain_total{')) {
      if (counters.has(head)) throw new Error(`${head} is told twice`)
      counters.add(head)
    } else if (head.startsWith('latency_seconds_bucket') && head.includes('le="+Inf"')) {
      inf.set(/n="(\w+)"/.exec(head)![1]!, value)
    } else if (head.startsWith('latency_seconds_count')) counts.set(/n="(\w+)"/.exec(head)![1]!, value)
    else if (head.startsWith('latency_seconds_sum')) {
      const name = /n="(\w+)"/.exec(head)![1]!
      if (value !== counts.get(name) || value !== inf.get(name)) {
        throw new Error(`${name} is torn: ${inf.get(name)} in its buckets, count ${counts.get(name)}, sum ${value}`)
      }
      histograms++
    }
  }
  if (!text.endsWith('\n')) throw new Error('the text is cut off')
  return { series: counters.size, histograms }
}

/** So many counters and histograms, and an instrument whose callback counts the collections. */
async function load(counters: number, histograms: number, filler = '') {
  const connected = await connect('thread', { observeTimeoutMs: 5000 }, createWriter(1 << 16, { seriesLimit: 200_000 }))
  ends.push(() => connected.end())
  const beat = setInterval(() => connected.writer.control.beat(), 100)
  ends.push(() => clearInterval(beat))
  const meter = connected.provider.getMeter('orderscope')
  const plain = meter.createCounter('plain')
  for (let n = 0; n < counters; n++) {
    plain.add(1, { n, filler })
    if (n % 5000 === 0) await nextTurn()
  }
  const latency = meter.createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: [0.5, 2] } })
  const bound = Array.from({ length: histograms }, (_, n) => bind(latency, { n: `h${n}` }))
  let collections = 0
  meter.createObservableGauge('asked').addCallback(result => result.observe(++collections))
  return { connected, latency, bound, asked: () => collections }
}

describe('10⁵ series, scraped while they are written, bound and released', () => {
  it('200 scrapes at once are each whole, and share a few collections; some hang up half-way', async () => {
    const { connected, latency, bound, asked } = await load(95_000, 5000)
    let isWriting = true
    let written = 0
    let cycles = 0
    const writing = (async () => {
      while (isWriting) {
        for (let i = 0; i < 200; i++) {
          written += 7919
          bound[written % bound.length]!.record(1)
        }
        const passing = bind(latency, { n: `p${cycles++ % 500}` })
        for (let i = 0; i < 20; i++) passing.record(1)
        passing.release()
        await nextTurn()
      }
    })()
    await ask(connected, GZIP)
    const before = asked()
    const hangUps: Socket[] = []
    for (let i = 0; i < 20; i++) {
      const socket = connectTcp(Number(new URL(connected.url).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
      socket.once('data', () => socket.destroy())
      hangUps.push(socket)
    }
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(connected, GZIP)))
    isWriting = false
    await writing
    for (const socket of hangUps) socket.destroy()

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const different = new Map(answers.map(({ body }) => [createHash('sha1').update(body).digest('hex'), body]))
    // all that came while one was under way had the next in common
    expect(different.size).toBeLessThanOrEqual(4)
    expect(asked() - before).toBeLessThanOrEqual(5)
    for (const body of different.values()) {
      const { series, histograms } = read(gunzipSync(body).toString())
      expect(series).toBe(95_000)
      expect(histograms).toBeGreaterThanOrEqual(5000)
    }
    expect(cycles).toBeGreaterThan(10)
  }, 60_000)

  it('scrapers that read a byte now and then keep nobody waiting and hold no more than some answers', async () => {
    const { connected } = await load(10_000, 100, 'x'.repeat(1000))
    const port = Number(new URL(connected.url).port)
    const size = (await ask(connected)).body.length
    expect(size).toBeGreaterThan(8 << 20)
    const slow: Socket[] = []
    let cut = 0
    for (let i = 0; i < 20; i++) {
      const socket = connectTcp(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', () => cut++)
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      await once(socket, 'readable')
      const reading = setInterval(() => socket.read(1), 1000)
      ends.push(() => {
        clearInterval(reading)
        socket.destroy()
      })
      slow.push(socket)
    }
    const answer = await ask(connected)
    expect(answer.status).toBe(200)
    expect(read(answer.body.toString()).series).toBe(10_000)
    expect((await ask(connected, {}, '/livez')).status).toBe(200)
    // what a reader that was cut off has in its own buffers it reads first
    for (const socket of slow) socket.resume()
    const held = Math.floor((64 << 20) / size)
    await expect.poll(() => cut, { timeout: 20_000 }).toBe(20)
    const whole = slow.filter(socket => socket.bytesRead > size)
    expect(whole.length).toBeGreaterThan(0)
    expect(whole.length).toBeLessThanOrEqual(held)
  }, 60_000)
})
