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
    { args: ['catalog', '--help'], code: 0, stdout: /^orderscope catalog \[--json\]\n/, stderr: '' },
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

function matching(expected: string | RegExp): unknown {
  return typeof expected === 'string' ? expected : expect.stringMatching(expected)
}
