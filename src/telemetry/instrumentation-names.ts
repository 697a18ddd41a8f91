import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'

type Suffix<Name> = Name extends `@opentelemetry/instrumentation-${infer Rest}` ? Rest : never

/** Short names of OpenTelemetry's own instrumentations, as `OTEL_NODE_ENABLED_INSTRUMENTATIONS` takes them. */
export type UpstreamInstrumentationName = Suffix<keyof InstrumentationConfigMap>

/**
 * The names stand here so that a setting can be checked before an instrumentation is loaded; the type keeps them from
 * drifting. With the class that its package exports.
 */
export const upstreamInstrumentations: Readonly<Record<UpstreamInstrumentationName, string>> = {
  amqplib: 'AmqplibInstrumentation',
  'aws-lambda': 'AwsLambdaInstrumentation',
  'aws-sdk': 'AwsInstrumentation',
  bunyan: 'BunyanInstrumentation',
  'cassandra-driver': 'CassandraDriverInstrumentation',
  connect: 'ConnectInstrumentation',
  cucumber: 'CucumberInstrumentation',
  dataloader: 'DataloaderInstrumentation',
  dns: 'DnsInstrumentation',
  express: 'ExpressInstrumentation',
  fs: 'FsInstrumentation',
  'generic-pool': 'GenericPoolInstrumentation',
  graphql: 'GraphQLInstrumentation',
  grpc: 'GrpcInstrumentation',
  hapi: 'HapiInstrumentation',
  'host-metrics': 'HostMetricsInstrumentation',
  http: 'HttpInstrumentation',
  ioredis: 'IORedisInstrumentation',
  kafkajs: 'KafkaJsInstrumentation',
  knex: 'KnexInstrumentation',
  koa: 'KoaInstrumentation',
  'lru-memoizer': 'LruMemoizerInstrumentation',
  memcached: 'MemcachedInstrumentation',
  mongodb: 'MongoDBInstrumentation',
  mongoose: 'MongooseInstrumentation',
  mysql2: 'MySQL2Instrumentation',
  mysql: 'MySQLInstrumentation',
  'nestjs-core': 'NestInstrumentation',
  net: 'NetInstrumentation',
  openai: 'OpenAIInstrumentation',
  oracledb: 'OracleInstrumentation',
  pg: 'PgInstrumentation',
  pino: 'PinoInstrumentation',
  redis: 'RedisInstrumentation',
  restify: 'RestifyInstrumentation',
  router: 'RouterInstrumentation',
  'runtime-node': 'RuntimeNodeInstrumentation',
  'socket.io': 'SocketIoInstrumentation',
  tedious: 'TediousInstrumentation',
  undici: 'UndiciInstrumentation',
  winston: 'WinstonInstrumentation',
}

export const upstreamInstrumentationNames = Object.keys(
  upstreamInstrumentations,
) as readonly UpstreamInstrumentationName[]

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
