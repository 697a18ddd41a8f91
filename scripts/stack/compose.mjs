import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const VARIABLE = /\$(?:\$|\{(\w+)(?:(:?[-?])([^}]*))?\}|(\w+))/g

/**
 * The services of docker-compose.yml that some profiles start, as Docker Compose would read them: with what .env and
 * the environment say, `<<` merged, short forms written out.
 *
 * @param profiles those of COMPOSE_PROFILES, if not given
 */
export function readCompose(folder, { profiles, environment = process.env } = {}) {
  const variables = { ...readEnvFile(join(folder, '.env')), ...environment }
  const document = parse(readFileSync(join(folder, 'docker-compose.yml'), 'utf8'), { merge: true })
  const { services } = interpolate(document, variables)
  const wanted = profiles ?? (variables.COMPOSE_PROFILES ?? '').split(',').filter(Boolean)
  return Object.entries(services)
    .filter(([, { profiles: own = [] }]) => own.length === 0 || own.some(profile => wanted.includes(profile)))
    .map(([name, service]) => toService(name, service))
}

function toService(name, service) {
  const { networks = {}, depends_on: dependencies = {}, environment = {}, command = [], volumes = [] } = service
  return {
    name,
    image: service.image,
    isBuilt: service.build !== undefined,
    command: typeof command === 'string' ? command.split(' ') : command.map(String),
    environment: Object.fromEntries(pairs(environment, '=').map(([key, value]) => [key, String(value ?? '')])),
    aliases: Array.isArray(networks) ? [] : Object.values(networks).flatMap(network => network?.aliases ?? []),
    extraHosts: pairs(service.extra_hosts ?? {}, ':'),
    volumes: volumes.map(toVolume),
    ports: (service.ports ?? []).map(toPort),
    dependencies: Array.isArray(dependencies)
      ? dependencies.map(on => ({ on, condition: 'service_started' }))
      : Object.entries(dependencies).map(([on, { condition }]) => ({ on, condition })),
    health: toHealth(service.healthcheck),
    restarts: ['always', 'unless-stopped', 'on-failure'].includes(service.restart),
    graceMs: toMs(service.stop_grace_period ?? '10s'),
  }
}

function toVolume(text) {
  const [source, target, mode = 'rw'] = text.split(':')
  return { source, target, isNamed: /^\w/.test(source), isReadOnly: mode.split(',').includes('ro') }
}

function toPort(text) {
  const [host, published, target] = text.split(':')
  return { host, published: Number(published), target: Number(target) }
}

function toHealth(healthcheck) {
  if (healthcheck === undefined || healthcheck.disable) return undefined
  const [kind, ...rest] = healthcheck.test
  const intervalMs = toMs(healthcheck.interval ?? '30s')
  return {
    command: kind === 'CMD-SHELL' ? ['/bin/sh', '-c', rest[0]] : rest,
    intervalMs,
    startIntervalMs: toMs(healthcheck.start_interval ?? healthcheck.interval ?? '30s'),
    startPeriodMs: toMs(healthcheck.start_period ?? '0s'),
    timeoutMs: toMs(healthcheck.timeout ?? '30s'),
    retries: healthcheck.retries ?? 3,
  }
}

/** A list of `key=value` or a mapping. */
function pairs(value, separator) {
  if (!Array.isArray(value)) return Object.entries(value)
  return value.map(text => [text.slice(0, text.indexOf(separator)), text.slice(text.indexOf(separator) + 1)])
}

/** A duration as `1m30s`. */
function toMs(text) {
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  return [...String(text).matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * units[unit],
    0,
  )
}

function interpolate(value, variables) {
  if (typeof value === 'string') return value.replace(VARIABLE, (...match) => resolve(match, variables))
  if (Array.isArray(value)) return value.map(item => interpolate(item, variables))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, variables)]))
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?error}`, `$$`. */
function resolve([whole, braced, operator = '', word = '', plain], variables) {
  if (whole === '$$') return '$'
  const name = braced ?? plain
  const value = variables[name]
  if (value !== undefined && !(operator.startsWith(':') && value === '')) return value
  if (operator.endsWith('?')) throw new Error(`docker-compose.yml: ${name} ${word}`)
  return word
}

function readEnvFile(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return Object.fromEntries(
    pairs(
      lines.filter(line => /^\w+=/.test(line)),
      '=',
    ),
  )
}
