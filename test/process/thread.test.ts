import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixture } from './run-program.js'
import { registerUrl, runWithSink, total } from './with-sink.js'

describe('the telemetry thread is terminated', () => {
  it.each([1, 2, 3])('at random moments, under load (seed %d): no span and no count is lost', async seed => {
    const result = await runWithSink([fixture('loses-its-thread.mjs'), '6', String(seed * 7919)])
    const [, recorded, terminated, started] = result.stdout.match(/recorded (\d+), terminated (\d+), started (\d+)/)!
    expect(Number(terminated)).toBeGreaterThanOrEqual(3)
    expect(Number(started)).toBeGreaterThanOrEqual(Number(terminated))
    // a span may come twice, but none stays away
    expect(new Set(result.sink.spans.map(span => span.spanId)).size).toBe(Number(recorded))
    expect(total(result.sink, 'bot.ticks')).toBe(Number(recorded))
    const sizes = result.sink.metrics.filter(metric => metric.name === 'bot.sizes').at(-1)!
    expect(sizes.points[0]!.count).toBe(Number(recorded))
    // it is said once at most, and not of a thread that never was up
    expect(result.stderr.match(/started again/g)?.length ?? 0).toBeLessThanOrEqual(1)
    expect(result.code).toBe(0)
  })

  it('before it was ever up, three times in a row: the work goes on in the loop, said once', async () => {
    const result = await runWithSink([fixture('broken-thread.mjs')])
    expect(result.stdout).toBe('started 3\n')
    expect(result.spans).toEqual(['tick'])
    expect(result.stderr.match(/runs in the application's loop/g)).toHaveLength(1)
    expect(result.code).toBe(0)
  })
})

describe.runIf(process.platform === 'linux')('niceness', () => {
  it('reaches the telemetry thread and no other', async () => {
    let nice: Record<string, number[]> = {}
    await runWithSink(['--import', registerUrl, fixture('uses-the-pool.mjs')], {
      env: { ORDERSCOPE_THREAD_NICENESS: '7', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
      whileRunning: async (child, output) => {
        await output.shows(/metrics http/, 'stderr')
        await output.shows('pool used')
        nice = niceOfThreads(child.pid!)
        child.kill('SIGKILL')
      },
    })
    const raised = Object.values(nice)
      .flat()
      .filter(value => value !== 0)
    expect(raised).toEqual([7])
    expect(Object.values(nice).flat().length).toBeGreaterThan(6)
  })
})

/** Niceness by the name of the thread, of all threads of a process. */
function niceOfThreads(pid: number): Record<string, number[]> {
  const byName: Record<string, number[]> = {}
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    // the 19th field, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const nice = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    byName[name] = [...(byName[name] ?? []), nice]
  }
  return byName
}
