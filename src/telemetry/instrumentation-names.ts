import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'

type Suffix<Name> = Name extends `@opentelemetry/instrumentation-${infer Rest}` ? Rest : never

/** Short names of OpenTelemetry's own instrumentations, as `OTEL_NODE_ENABLED_INSTRUMENTATIONS` takes them. */
export type UpstreamInstrumentationName = Suffix<keyof InstrumentationConfigMap>

/**
 * The names stand here so that a setting can be checked before the instrumentations are loaded (190 ms on
 * Node 20); the type keeps them from drifting.
 */
const upstream: Readonly<Record<UpstreamInstrumentationName, true>> = {
  amqplib: true,
  'aws-lambda': true,
  'aws-sdk': true,
  bunyan: true,
  'cassandra-driver': true,
  connect: true,
  cucumber: true,
  dataloader: true,
  dns: true,
  express: true,
  fs: true,
  'generic-pool': true,
  graphql: true,
  grpc: true,
  hapi: true,
  'host-metrics': true,
  http: true,
  ioredis: true,
  kafkajs: true,
  knex: true,
  koa: true,
  'lru-memoizer': true,
  memcached: true,
  mongodb: true,
  mongoose: true,
  mysql2: true,
  mysql: true,
  'nestjs-core': true,
  net: true,
  openai: true,
  oracledb: true,
  pg: true,
  pino: true,
  redis: true,
  restify: true,
  router: true,
  'runtime-node': true,
  'socket.io': true,
  tedious: true,
  undici: true,
  winston: true,
}

export const upstreamInstrumentationNames = Object.keys(upstream) as readonly UpstreamInstrumentationName[]

/** Instrumentations of this package. */
export const ownInstrumentationNames = ['ccxt'] as const

export const instrumentationNames: readonly string[] = [...upstreamInstrumentationNames, ...ownInstrumentationNames]

/**
 * Off unless named: what upstream leaves off too (a span for every file read; figures of the whole machine), and
 * `net`, whose span for every connection stands in each trace beside the request that it belongs to.
 */
export const instrumentationsOffByDefault: readonly string[] = ['fs', 'host-metrics', 'net']

/** `nestjs-core` → `OTEL_INSTRUMENTATION_NESTJS_CORE_ENABLED`. */
export function enabledVariableOf(name: string): string {
  return `OTEL_INSTRUMENTATION_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ENABLED`
}
