import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closedPort } from './closed-port.js'
import { fixture, type Output, type ProgramOptions } from './run-program.js'
import { registerUrl, runWithSink } from './with-sink.js'

interface Answer {
  readonly status: number
  readonly body: {
    readonly status?: string
    readonly sinceSeconds?: number
    readonly stage?: string
    readonly order?: string
  }
}

const sleep = (ms: number) => new Promise(done => setTimeout(done, ms))

async function endpoint(output: Output): Promise<string> {
  const [, url] = await output.shows(/metrics (http:\/\/127\.0\.0\.1:\d+)\/metrics/, 'stderr')
  return url!
}

async function livez(base: string): Promise<Answer> {
  const response = await fetch(`${base}/livez`)
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

async function until(base: string, status: string): Promise<Answer> {
  for (;;) {
    const answer = await livez(base)
    if (answer.body.status === status) return answer
    await sleep(50)
  }
}

function hangs(hangMs: number, env: Record<string, string>, whileRunning: NonNullable<ProgramOptions['whileRunning']>) {
  return runWithSink(['--import', registerUrl, fixture('hangs.mjs'), String(hangMs)], {
    env,
    timeoutMs: 30_000,
    whileRunning,
  })
}

describe.concurrent('a loop that hangs', () => {
  it.each([
    ['8 s, called hung after 5', 8000, {}, 5],
    ['3 s, called hung after 1', 3000, { ORDERSCOPE_HANG_AFTER_MS: '1000' }, 1],
  ])(
    '%s: is scraped all the time, called hung with its stage and order, and well again',
    async (_, hangMs, env, after) => {
      let hung: Answer | undefined
      let well: Answer | undefined
      const scrapes: string[] = []
      const result = await hangs(hangMs, env, async (child, output) => {
        const base = await endpoint(output)
        expect((await until(base, 'up')).status).toBe(200)
        await output.shows('ready')
        child.kill('SIGUSR2')
        await output.shows('hanging')
        const early = await livez(base)
        expect(early.status).toBe(200)
        hung = await until(base, 'hung')
        scrapes.push(await (await fetch(`${base}/metrics`)).text())
        scrapes.push(await (await fetch(`${base}/metrics`)).text())
        expect(output.stdout).not.toContain('turning')
        await output.shows('turning')
        well = await until(base, 'up')
        child.kill('SIGTERM')
      })
      expect([hung!.status, well!.status]).toEqual([503, 200])
      expect(hung!.body).toMatchObject({ status: 'hung', stage: 'order.risk_check', order: 'd-000117' })
      expect(hung!.body.sinceSeconds).toBeGreaterThanOrEqual(after)
      expect(well!.body).toEqual({ status: 'up' })
      for (const text of scrapes) expect(text).toContain('orderscope_loop_age_seconds')
      expect(result.stderr).toMatch(
        /the loop has not turned for \d+\.\d s, last seen in order\.risk_check of d-000117\..*Signals can't be handled until it turns; to end it: kill -9 \d+/,
      )
      expect(result.signal).toBe('SIGTERM')
    },
  )

  it('is called hung also before it has turned once', async () => {
    const port = await closedPort()
    let hung: Answer | undefined
    const seen = join(mkdtempSync(join(tmpdir(), 'hang-')), 'seen')
    const work = `const { existsSync } = require('node:fs'); while (!existsSync(${JSON.stringify(seen)}));`
    const result = await runWithSink(['--import', registerUrl, '-e', work], {
      env: { ORDERSCOPE_HANG_AFTER_MS: '600', OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
      timeoutMs: 40_000,
      whileRunning: async () => {
        for (const end = Date.now() + 30_000; hung === undefined && Date.now() < end; await sleep(50)) {
          // the endpoint isn't there in the beginning
          const answer = await livez(`http://127.0.0.1:${port}`).catch(() => undefined)
          if (answer?.status === 503) hung = answer
        }
        writeFileSync(seen, '')
      },
    })
    rmSync(dirname(seen), { recursive: true })
    expect(hung?.body).toMatchObject({ status: 'hung', sinceSeconds: expect.any(Number) })
    expect(result.stderr).toMatch(/the loop has not turned once since the start, for \d\.\d s\. \/livez says 503/)
    expect(result.code).toBe(0)
  })

  it('ends by the signal that came meanwhile, when it turns', async () => {
    const result = await hangs(2000, { ORDERSCOPE_HANG_AFTER_MS: '600' }, async (child, output) => {
      await output.shows('ready')
      child.kill('SIGUSR2')
      await output.shows('hanging')
      child.kill('SIGTERM')
    })
    expect(result.stdout).toContain('turning')
    expect([result.code, result.signal]).toEqual([null, 'SIGTERM'])
  })
})

describe.concurrent('a loop that was suspended', () => {
  it.runIf(process.platform !== 'win32')('is not called hung', async () => {
    const seen: number[] = []
    // a busy machine may take so long to start it that it was called hung then
    let before = 0
    const result = await hangs(0, { ORDERSCOPE_HANG_AFTER_MS: '2500' }, async (child, output) => {
      const base = await endpoint(output)
      await output.shows('ready')
      await until(base, 'up')
      before = output.stderr.length
      child.kill('SIGSTOP')
      await sleep(5000)
      child.kill('SIGCONT')
      for (let i = 0; i < 20; i++) {
        seen.push((await livez(base)).status)
        await sleep(50)
      }
      child.kill('SIGTERM')
    })
    expect(new Set(seen)).toEqual(new Set([200]))
    expect(result.stderr.slice(before)).not.toContain('has not turned')
  })
})
