import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'deploy/scale-out')
const read = (name: string) => parse(readFileSync(join(root, name), 'utf8'))

const whole = read('otel-collector.yaml')
const agent = read('deploy/scale-out/agent.yaml')
const router = read('deploy/scale-out/router.yaml')
const sampler = read('deploy/scale-out/sampler.yaml')

describe('the tiers do what the one collector does', () => {
  test('agents mask the same', () => {
    expect(agent.processors.redaction).toEqual(whole.processors.redaction)
    expect(agent.processors['transform/status']).toEqual(whole.processors['transform/status'])
  })

  test('samplers keep the same traces', () => {
    expect(sampler.processors.tail_sampling).toEqual(whole.processors.tail_sampling)
  })

  test("samplers count the same, each under its own collector's id", () => {
    const { exclude_dimensions: excluded, ...spanMetrics } = whole.connectors.span_metrics
    expect(excluded).toEqual(['collector.instance.id'])
    expect(sampler.connectors.span_metrics).toEqual(spanMetrics)
    expect(sampler.connectors.service_graph).toEqual(whole.connectors.service_graph)
  })
})

const tiers = [agent, router, sampler]
const overrides = ['agent-kafka.yaml', 'sampler-kafka.yaml'].map(name => read(`deploy/scale-out/${name}`))

test.each(
  tiers.concat(overrides).flatMap(({ service }) => Object.entries<{ processors: string[] }>(service.pipelines)),
)('%s refuses before memory runs out, and has no batch processor', (_, { processors }) => {
  expect(processors[0]).toBe('memory_limiter')
  expect(processors.filter(name => name.split('/')[0] === 'batch')).toEqual([])
})

test.each([
  agent.exporters['otlp_grpc/router'],
  agent.exporters['otlp_http/logs'],
  router.exporters.load_balancing,
  sampler.exporters['otlp_grpc/jaeger'],
  overrides[0].exporters.kafka,
])('what waits for the next tier is on disk, for as long as it takes', exporter => {
  expect(exporter).toMatchObject({
    sending_queue: { storage: 'file_storage/queue', sizer: 'bytes' },
    retry_on_failure: { max_elapsed_time: '0s' },
  })
})

test.each(tiers)('the queue of a tier survives a crash', ({ extensions, service }) => {
  expect(extensions['file_storage/queue'].fsync).toBe(true)
  expect(service.extensions).toContain('file_storage/queue')
})

test('routers go by the id of the trace, and Kafka too', () => {
  expect(router.exporters.load_balancing.routing_key).toBe('traceID')
  expect(overrides[0].exporters.kafka.partition_traces_by_id).toBe(true)
  expect(overrides[1].receivers.kafka.message_marking).toMatchObject({ after: true, on_error: false })
  expect(overrides[1].receivers.kafka.traces.topics).toEqual([overrides[0].exporters.kafka.traces.topic])
})

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: {
    readonly selector?: Record<string, unknown>
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string> }
      readonly spec: { readonly containers: readonly Container[]; readonly volumes: readonly Volume[] }
    }
    readonly serviceName?: string
  }
}
interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly resources: { readonly limits: { readonly memory: string } }
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}
interface Volume {
  readonly name: string
  readonly configMap?: { readonly name: string }
}

const models = { DaemonSet, Deployment, StatefulSet, PodDisruptionBudget, Namespace, Service }
const manifests: Manifest[] = readdirSync(join(folder, 'kubernetes')).flatMap(file =>
  parseAllDocuments(readFileSync(join(folder, 'kubernetes', file), 'utf8')).map(each => each.toJS()),
)
const kustomization = read('deploy/scale-out/kustomization.yaml')
const workloads = manifests.filter(({ spec }) => spec?.template !== undefined)

describe('Kubernetes', () => {
  test.each(manifests)('$kind $metadata.name fits the schema of the API', manifest => {
    const Model = models[manifest.kind as keyof typeof models] as new (data: never) => { validate(): void }
    expect(() => new Model(manifest as never).validate()).not.toThrow()
  })

  test('the schema is asked: a field of the wrong type is refused', () => {
    const wrong = { ...manifests.find(({ kind }) => kind === 'StatefulSet')!, spec: { replicas: 'two' } }
    expect(() => new StatefulSet(wrong as never).validate()).toThrow()
  })

  test('every file of the kustomization is here, and every manifest in it', () => {
    const files = kustomization.configMapGenerator.flatMap(({ files }: { files: string[] }) => files)
    for (const file of [...files, ...kustomization.resources]) expect(existsSync(join(folder, file)), file).toBe(true)
    expect(kustomization.resources.toSorted()).toEqual(
      readdirSync(join(folder, 'kubernetes'))
        .map(file => `kubernetes/${file}`)
        .sort(),
    )
  })

  // kubectl is not on every machine, and what is skipped everywhere would count as a failure of .ci/run
  if (spawnSync('kubectl', ['version', '--client']).status === 0) {
    test('kubectl builds all of it', () => {
      const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
      expect(status, stderr).toBe(0)
      const built = parseAllDocuments(stdout).map(each => each.toJS() as Manifest)
      const maps = kustomization.configMapGenerator.length
      expect(built).toHaveLength(manifests.length + maps)
      for (const { metadata } of built.filter(({ kind }) => kind !== 'Namespace')) {
        expect(metadata.namespace).toBe('orderscope')
      }
      // images have their tags
      expect([...stdout.matchAll(/image: \S+:\d+\.\d+\.\d+$/gm)]).toHaveLength(workloads.length)
    })
  }

  test.each(workloads)('$metadata.name has an image that is pinned, and reads a file that it is given', ({ spec }) => {
    const { containers, volumes } = spec!.template!.spec
    for (const { image, args, volumeMounts } of containers) {
      const { newTag } = kustomization.images.find(({ name }: { name: string }) => name === image)
      expect(newTag).toMatch(/^\d+\.\d+\.\d+$/)
      const path = /^--config=(.*)\/([^/]+)$/.exec(args[0]!)!
      const mount = volumeMounts.find(({ mountPath }) => mountPath === path[1])!
      const map = volumes.find(({ name }) => name === mount.name)!.configMap!.name
      const generated = kustomization.configMapGenerator.find(({ name }: { name: string }) => name === map)
      expect(generated.files).toContain(path[2])
    }
  })

  test.each(workloads)('$metadata.name sets nothing that its file does not read', ({ spec }) => {
    for (const { args, env = [] } of spec!.template!.spec.containers) {
      const text = readFileSync(join(folder, args[0]!.replace(/.*\//, '')), 'utf8')
      const read = new Set([...text.matchAll(/\$\{env:(\w+)/g)].map(found => found[1]))
      for (const { name } of env.filter(({ name }) => name !== 'GOMEMLIMIT')) expect([...read]).toContain(name)
    }
  })

  test.each(workloads)('$metadata.name collects garbage before its limit: GOMEMLIMIT is 80 % of it', ({ spec }) => {
    for (const { env = [], resources } of spec!.template!.spec.containers) {
      const [, size, unit] = /^(\d+)(Mi|Gi)$/.exec(resources.limits.memory)!
      const limit = Number(size) * (unit === 'Gi' ? 1024 : 1)
      const soft = Number(/^(\d+)MiB$/.exec(env.find(({ name }) => name === 'GOMEMLIMIT')!.value!)![1])
      expect(soft / limit).toBeCloseTo(0.8, 2)
    }
  })

  test('every name that is spoken to is a service, whose pods there are', () => {
    const services = manifests.filter(({ kind }) => kind === 'Service')
    const names = services.map(({ metadata }) => metadata.name)
    const values = workloads.flatMap(({ spec }) => spec!.template!.spec.containers.flatMap(({ env = [] }) => env))
    const spoken = values.flatMap(({ value = '' }) =>
      [...value.matchAll(/([\w-]+)\.orderscope\.svc/g)].map(found => found[1]),
    )
    expect(spoken.length).toBeGreaterThan(2)
    for (const name of spoken) expect(names).toContain(name)
    for (const { spec } of workloads) if (spec!.serviceName !== undefined) expect(names).toContain(spec!.serviceName)
    for (const { spec } of services) {
      const pods = workloads.filter(each =>
        Object.entries(spec!.selector!).every(
          ([label, value]) => each.spec!.template!.metadata.labels[label] === value,
        ),
      )
      expect(pods).toHaveLength(1)
    }
  })
})
