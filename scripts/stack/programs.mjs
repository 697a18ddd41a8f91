import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, ROOT } from './folders.mjs'

/** What runs in place of a container: by the repository of its image. */
const SERVERS = {
  'otel/opentelemetry-collector-contrib': 'otelcol-contrib',
  'jaegertracing/jaeger': 'jaeger',
  'prom/prometheus': 'prometheus',
  'prom/alertmanager': 'alertmanager',
}
/** Images whose program is to be had as an image only. */
const IMAGES_ONLY = ['grafana/grafana']
/** What deploy/desk/Dockerfile puts into /app. */
const DESK = ['package.json', 'dist', 'node_modules', 'examples/trading-desk/dist']

/**
 * The program of a service, with what of the machine it sees beside the system's own libraries.
 *
 * @returns `undefined` where there is only an image
 * @throws a sentence when it could be there and isn't
 */
export function programOf({ name, image, isBuilt }) {
  if (isBuilt) return desk()
  const repository = image.replace(/:[^/]*$/, '')
  if (IMAGES_ONLY.includes(repository)) return undefined
  const binary = SERVERS[repository]
  if (binary === undefined)
    throw new Error(`${name} runs ${image}, and scripts/stack/programs.mjs has no program for that`)
  const file = join(BIN, binary)
  if (!existsSync(file))
    throw new Error(`${binary}, the program of ${name}, is not there: \`npm run stack:install\` builds it`)
  return { file: `/stack/bin/${binary}`, folder: '/', mounts: [{ source: file, target: `/stack/bin/${binary}` }] }
}

function desk() {
  const mounts = DESK.map(path => {
    const source = join(ROOT, path)
    if (!existsSync(source)) throw new Error(`${source} is not there: \`npm run build\` makes it`)
    return { source: realpathSync(source), target: `/app/${path}` }
  })
  mounts.push({ source: realpathSync(process.execPath), target: '/stack/bin/node' })
  return { file: '/stack/bin/node', folder: '/app/examples/trading-desk', mounts }
}
