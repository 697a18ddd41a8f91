import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BIN, ROOT } from '../../scripts/stack/folders.mjs'

let state = ''
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'orderscope-configs-'))
})
afterAll(() => rmSync(state, { recursive: true }))

/** What one of the stack's own programs says, run in the folder of the deployment's files. */
function run(program: string, args: readonly string[], folder = join(ROOT, 'deploy')) {
  const { status, stdout, stderr, error } = spawnSync(join(BIN, program), args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, OTELCOL_STATE: state, JAEGER_STATE: state },
  })
  return { status, output: `${error ?? ''}${stdout}${stderr}` }
}

function files(folder: string): string[] {
  return readdirSync(join(ROOT, 'deploy', folder))
    .filter(name => name.endsWith('.yml'))
    .map(name => `${folder}/${name}`)
}

test('the collector takes otel-collector.yaml', () => {
  const { status, output } = run('otelcol-contrib', ['validate', '--config=otel-collector.yaml'], ROOT)
  expect(status, output).toBe(0)
})

test('and refuses one with a component that there is not', () => {
  const set = '--set=exporters.no_such_exporter.endpoint=x'
  const { status, output } = run('otelcol-contrib', ['validate', '--config=otel-collector.yaml', set], ROOT)
  expect(status).not.toBe(0)
  expect(output).toContain('no_such_exporter')
})

describe('promtool', () => {
  test('takes prometheus.yml', () => {
    const { status, output } = run('promtool', [
      'check',
      'config',
      '--lint=all',
      '--lint-fatal',
      'prometheus/prometheus.yml',
    ])
    expect(status, output).toBe(0)
  })

  test('finds nothing to say of the rules', () => {
    const { status, output } = run('promtool', [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      ...files('prometheus/rules'),
    ])
    expect(status, output).toBe(0)
  })

  test.each(files('prometheus/tests'))(
    '%s passes',
    file => {
      const { status, output } = run('promtool', ['test', 'rules', file])
      expect(status, output).toBe(0)
      // days of samples are worked through
    },
    300_000,
  )
})

describe('amtool', () => {
  const config = 'alertmanager/alertmanager.yml'

  test('takes alertmanager.yml', () => {
    const { status, output } = run('amtool', ['check-config', config])
    expect(status, output).toBe(0)
  })

  test.each([
    ['severity=critical', 'local'],
    ['severity=warning', 'local'],
    ['severity=critical trading_mode=paper', 'page-only'],
    ['severity=critical trading_mode=live', 'local'],
  ])('an alert with %s goes to %s', (labels, receiver) => {
    const verify = `--verify.receivers=${receiver}`
    const args = ['config', 'routes', 'test', `--config.file=${config}`, verify, 'alertname=Some', ...labels.split(' ')]
    const { status, output } = run('amtool', args)
    expect(status, output).toBe(0)
  })
})
