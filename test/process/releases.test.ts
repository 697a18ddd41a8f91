import { expect, it } from 'vitest'
import type { OtlpSink } from '../../src/testing/index.js'
import { fixture } from './run-program.js'
import { registerUrl, runWithSink } from './with-sink.js'

/** Of a batch that was sent again, since its answer came late, one. */
function points({ metrics }: OtlpSink, name: string) {
  const found = metrics
    .filter(metric => metric.name === name)
    .flatMap(({ resource, points }) =>
      points.map(point => {
        const { attributes, startTimeUnixNano, timeUnixNano } = point
        return [JSON.stringify([resource, attributes, `${startTimeUnixNano}`, `${timeUnixNano}`]), point] as const
      }),
    )
  return [...new Map(found).values()]
}

it('series that three threads bind and release at full speed lose nothing', async () => {
  const result = await runWithSink(['--import', registerUrl, fixture('releases.mjs'), '2000'], {
    env: {
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      ORDERSCOPE_EXIT_TIMEOUT_MS: '10000',
    },
    // a second reader, which is served the last values too
    whileRunning: async (child, output) => {
      const [, url] = await output.shows(/metrics (http:\S+)/, 'stderr')
      while (child.exitCode === null && output.stdout === '') {
        await fetch(url!)
          .then(response => response.text())
          .catch(() => {})
      }
    },
  })
  expect(result.code).toBe(0)
  const truth = JSON.parse(result.stdout)
  expect(truth.count).toBeGreaterThan(10_000)
  expect(result.stderr).not.toContain('is not shown')
  const fills = points(result.sink, 'bot.fills').reduce((total, point) => total + Number(point.value), 0)
  const delays = points(result.sink, 'bot.delay')
  expect(fills).toBe(truth.count)
  expect({
    count: delays.reduce((total, point) => total + point.count!, 0),
    sum: delays.reduce((total, point) => total + point.sum!, 0),
    inBuckets: delays.flatMap(point => point.bucketCounts!).reduce((total, count) => total + count, 0),
  }).toEqual({ ...truth, inBuckets: truth.count })
})
