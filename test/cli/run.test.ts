import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { metrics } from '../../src/catalog/metrics.js'
import { runCli } from '../../src/cli/run.js'
import { VERSION } from '../../src/version.js'

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  const code = await runCli(args, {
    stdout: { write: text => (stdout += text) },
    stderr: { write: text => (stderr += text) },
  })
  return { code, stdout, stderr }
}

describe('orderscope', () => {
  it.each([
    { args: [], code: 2, stdout: '', stderr: /orderscope catalog/ },
    { args: ['help'], code: 0, stdout: /orderscope replay/, stderr: '' },
    { args: ['--help'], code: 0, stdout: /orderscope catalog/, stderr: '' },
    { args: ['version'], code: 0, stdout: `${VERSION}\n`, stderr: '' },
    { args: ['-v'], code: 0, stdout: `${VERSION}\n`, stderr: '' },
    {
      args: ['catlog'],
      code: 2,
      stdout: '',
      stderr: 'orderscope: "catlog" is not a command; did you mean "catalog"?\n',
    },
    { args: ['toString'], code: 2, stdout: '', stderr: /"toString" is not a command; npx orderscope help/ },
    { args: ['catalog', '--help'], code: 0, stdout: /^orderscope catalog \[--json\] \[FILE\]\n/, stderr: '' },
    { args: ['doctor', '--yaml'], code: 2, stdout: '', stderr: /^orderscope doctor: "--yaml" is not an option/ },
    { args: ['doctor', '--clock', 'now'], code: 2, stdout: '', stderr: /^orderscope doctor: --clock is now; write an/ },
    { args: ['doctor', 'a.js', 'b.js'], code: 2, stdout: '', stderr: /^orderscope doctor: one file/ },
    { args: ['catalog', '--yaml'], code: 2, stdout: '', stderr: /^orderscope catalog: "--yaml" is not an option/ },
  ])('$args', async ({ args, code, stdout, stderr }) => {
    const result = await run(...args)
    expect(result.code).toBe(code)
    expect(result.stdout).toEqual(matching(stdout))
    expect(result.stderr).toEqual(matching(stderr))
  })
})

describe('orderscope catalog', () => {
  it('prints every metric as Markdown', async () => {
    const { code, stdout } = await run('catalog')
    expect(code).toBe(0)
    for (const name of Object.keys(metrics)) expect(stdout).toContain(`\n## ${name}\n`)
  })

  it('prints the same as JSON', async () => {
    const { code, stdout } = await run('catalog', '--json')
    expect(code).toBe(0)
    const catalog = JSON.parse(stdout) as Record<string, { name: string }[]>
    expect(Object.keys(catalog)).toEqual(['metrics', 'spans', 'events', 'logEvents', 'attributes', 'migration'])
    expect(catalog.metrics!.map(({ name }) => name)).toEqual(Object.keys(metrics))
    expect(catalog.metrics).toContainEqual(
      expect.objectContaining({
        name: 'trading.order.stage.duration',
        prometheus: 'trading_order_stage_duration_seconds',
        kind: 'histogram',
        unit: 's',
      }),
    )
  })
})

describe('orderscope catalog FILE', () => {
  const file = fileURLToPath(new URL('./fixtures/own-definitions.mjs', import.meta.url))

  it('prints what the module defines as Markdown, and nothing of the catalog', async () => {
    const { code, stdout } = await run('catalog', file)
    expect(code).toBe(0)
    expect(stdout).toContain('| [`acme.signals`](#acmesignals) | `acme_signals_total` | counter |')
    expect(stdout).toContain('| `acme.signal.kind` | required | What the signal saw. | `momentum` `reversal` |')
    expect(stdout).toContain('\n## acme.rebalance\n')
    expect(stdout).not.toMatch(/## trading|## order/)
  })

  it('prints the same as JSON', async () => {
    const { stdout } = await run('catalog', file, '--json')
    expect(JSON.parse(stdout)).toEqual({
      metrics: [expect.objectContaining({ name: 'acme.signals', prometheus: 'acme_signals_total' })],
      spans: [expect.objectContaining({ name: 'acme.rebalance', kind: 'internal' })],
      events: [],
      attributes: [expect.objectContaining({ name: 'acme.signal.kind', metricLabel: 'yes' })],
    })
  })

  it.each<[string, string, RegExp]>([
    [
      'that is not there',
      '/nowhere/definitions.mjs',
      /^orderscope catalog: \/nowhere\/definitions\.mjs can't be loaded: Cannot find/,
    ],
    [
      'without definitions',
      new URL('./replay/entries.ts', import.meta.url).pathname,
      /(exports no definitions; export what|node v20.* can't load)/,
    ],
    [
      'with a bad one',
      new URL('./fixtures/bad-definitions.mjs', import.meta.url).pathname,
      /defineMetrics: acme\.x has the unit "ms": durations are in seconds/,
    ],
  ])('tells of a file %s', async (_, path, message) => {
    const { code, stdout, stderr } = await run('catalog', path)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('takes one file', async () => {
    expect(await run('catalog', file, 'other.mjs')).toMatchObject({
      code: 2,
      stderr: 'orderscope catalog: one FILE at a time; there is "other.mjs" as well\n',
    })
  })
})

function matching(expected: string | RegExp): unknown {
  return typeof expected === 'string' ? expected : expect.stringMatching(expected)
}
