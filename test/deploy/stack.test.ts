import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { PROGRAMS } from '../../scripts/stack/versions.mjs'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')

interface Service {
  readonly image: string
  readonly profiles: readonly string[]
  readonly build?: { readonly dockerfile: string }
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly healthcheck?: object
  readonly mem_limit?: string
  readonly cpus?: number
}
interface Compose {
  readonly volumes: object
  readonly services: Readonly<Record<string, Service>>
}

describe('docker-compose.yml', () => {
  const compose: Compose = parse(read('docker-compose.yml'), { merge: true })
  const services = Object.entries(compose.services)
  const pinned = new Map(
    read('.env')
      .split('\n')
      .filter(line => /^\w+=/.test(line))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

  test.each(services)('%s opens its ports on the loopback only', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test.each(services)('the image of %s is pinned in .env, or built', (_, { image, build }) => {
    if (build !== undefined) {
      expect(read(build.dockerfile)).toMatch(/^FROM \$\{NODE_IMAGE\}/m)
      expect(pinned.get('NODE_IMAGE')).toMatch(/:\d+\.\d+\.\d+-alpine$/)
      return
    }
    const name = /^\$\{(\w+):\?is set in \.env\}$/.exec(image)?.[1]
    expect(pinned.get(name ?? image)).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
  })

  test("the desk's image gets every file that the build names", () => {
    const [, stage = ''] = read('deploy/desk/Dockerfile').split(/^FROM .*$/m)
    const copied = [...stage.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names]) => names!.split(' '))
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { build: string } }
    const named = scripts.build.split(' ').filter(word => existsSync(join(root, word)))
    expect(named.length).toBeGreaterThanOrEqual(3)
    const missing = named.filter(file => !copied.some(from => file === from || file.startsWith(`${from}/`)))
    expect(missing).toEqual([])
  })

  test('what is tested is what is started: one version in .env, in Kubernetes and in the stack without Docker', () => {
    const tags = Object.fromEntries([...pinned].map(([name, image]) => [name, image.replace(/^.*:v?/, '')]))
    const built = Object.fromEntries(PROGRAMS.map(({ name, release }) => [name, release]))
    expect(built.collector).toBe(tags.COLLECTOR_IMAGE)
    expect(built.prometheus).toBe(tags.PROMETHEUS_IMAGE)
    expect(built.alertmanager).toBe(tags.ALERTMANAGER_IMAGE)
    // the newest that Go's modules can name, which docs/deploy.md says
    expect(read('docs/deploy.md')).toContain(
      `The Jaeger that is tested is ${built.jaeger!.replace(/\.0$/, '')}, the newest that Go's modules can name; the image is ${tags.JAEGER_IMAGE!.replace(/\.0$/, '')}.`,
    )
    const { images } = parse(read('deploy/scale-out/kustomization.yaml')) as {
      images: { name: string; newTag: string }[]
    }
    const started = images.map(({ name, newTag }) => `${name}:${newTag}`)
    expect(started).toEqual([pinned.get('COLLECTOR_IMAGE'), pinned.get('JAEGER_IMAGE')])
  })

  test.each(services)('%s has limits, and a health check where its image has a shell', (name, service) => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    expect(service.cpus).toBeGreaterThan(0)
    expect(service.healthcheck !== undefined).toBe(name !== 'otel-collector')
  })

  test('`docker compose up` starts the servers, and the profile desk these and the desk', () => {
    expect(pinned.get('COMPOSE_PROFILES')).toBe('backends')
    const of = (profile: string) =>
      services.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name)
    const servers = ['otel-collector', 'jaeger', 'prometheus', 'alertmanager', 'grafana']
    expect(of('backends')).toEqual(servers)
    expect(of('desk')).toEqual([...servers, 'venue', 'execution', 'risk', 'signals', 'market-data'])
  })

  test('no port is opened twice', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports.map(port => port.split(':')[1]))
    expect(new Set(ports).size).toBe(ports.length)
  })

  test('named volumes are declared, and used', () => {
    const named = services.flatMap(([, { volumes = [] }]) => volumes.map(volume => volume.split(':')[0]!))
    expect(named.filter(volume => /^\w/.test(volume)).sort()).toEqual(Object.keys(compose.volumes).sort())
  })

  test.each(services)('the files that %s mounts are here', (_, { volumes = [] }) => {
    const files = volumes.map(volume => volume.split(':')[0]!).filter(path => path.startsWith('./'))
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true)
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

/** Compose 1 (Debian 12 has 1.29.2) refuses the file: it knows neither `name` nor `start_interval`. */
function composeCommands(): string[] {
  return ['docker-compose', 'docker'].filter(name => {
    const { status, stdout } = spawnSync(name, composeArguments(name, 'version', '--short'), { encoding: 'utf8' })
    return status === 0 && !stdout.startsWith('1.')
  })
}
