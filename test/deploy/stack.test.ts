import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')

interface Service {
  readonly image: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
}

describe('docker-compose.yml', () => {
  const compose: Compose = parse(read('docker-compose.yml'))
  const services = Object.entries(compose.services)
  const pinned = new Map(
    read('.env')
      .split('\n')
      .filter(line => /^\w+=/.test(line))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

  test.each(services)('%s opens its ports on the loopback only', (_, { ports = [] }) => {
    expect(ports.length).toBeGreaterThan(0)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test.each(services)('the image of %s is pinned in .env', (_, { image }) => {
    const name = /^\$\{(\w+):\?is set in \.env\}$/.exec(image)?.[1]
    expect(pinned.get(name ?? image)).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
  })

  test.each(services)('the files that %s mounts are here', (_, { volumes = [] }) => {
    const files = volumes.map(volume => volume.split(':')[0]!).filter(path => path.startsWith('./'))
    for (const file of files) expect(() => parse(read(file)), file).not.toThrow()
  })

  test('every port that it sends to is open at the one that it is sent to', () => {
    const exporters = collectorExporters()
    expect(exporters['otlp_grpc/jaeger'].endpoint).toMatch(/jaeger:4317\}$/)
    const scraped = read('deploy/prometheus/prometheus.yml').match(/[\w-]+:\d+(?=[\],])/g) ?? []
    expect(scraped).toContain(`otel-collector:${exporters.prometheus.endpoint.split(':')[1]}`)
  })

  // a machine without Docker can't ask it; what is skipped everywhere would count as a failure of .ci/run
  for (const command of composeCommands()) {
    test(`${command} takes it`, () => {
      const { status, stderr } = spawnSync(command, composeArguments(command, 'config', '-q'), {
        cwd: root,
        encoding: 'utf8',
      })
      expect(status, stderr).toBe(0)
    })
  }
})

function collectorExporters(): Record<'otlp_grpc/jaeger' | 'prometheus', { endpoint: string }> {
  return parse(read('otel-collector.yaml')).exporters
}

function composeArguments(command: string, ...rest: string[]): string[] {
  return command === 'docker' ? ['compose', ...rest] : rest
}

function composeCommands(): string[] {
  return ['docker-compose', 'docker'].filter(name => spawnSync(name, composeArguments(name, 'version')).status === 0)
}
