/*
 * Runs docker-compose.yml without Docker, from the programs that `npm run stack:install` built, until Ctrl-C:
 *
 *   npm run stack                      the servers, for a bot of yours
 *   npm run stack -- --profile desk    with the desk
 *
 * The ports are those of docker-compose.yml. What is stored ends with the run.
 */
import { parseArgs } from 'node:util'
import { createStack } from './stack.mjs'

/** Where a bot on this machine serves its metrics: docker-compose.yml's Prometheus looks there. */
const BOT_PORTS = [9464, 9465, 9466, 9467]
const PAGES = [
  ['jaeger', 16686, 'Jaeger'],
  ['prometheus', 9090, 'Prometheus'],
  ['alertmanager', 9093, 'Alertmanager'],
  ['otel-collector', 4318, 'OTLP over HTTP'],
  ['otel-collector', 4317, 'OTLP over gRPC'],
  ['venue', 8080, 'Venue'],
]

async function main() {
  const { values } = parseArgs({ options: { profile: { type: 'string', multiple: true } } })
  const stack = await createStack({ profiles: values.profile })
  const interrupted = new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve)
  })
  try {
    await stack.publishAll()
    for (const port of BOT_PORTS) await stack.expose(port)
    for (const { name, image } of stack.skipped)
      console.log(`${name} is left out: ${image} is to be had as an image only.`)
    console.log(`Starting ${stack.services.join(', ')} …`)
    await Promise.race([stack.start(), interrupted])
    for (const [name, port, title] of PAGES) {
      if (stack.services.includes(name)) console.log(`${title.padEnd(15)} http://localhost:${port}`)
    }
    console.log('Ctrl-C ends all of it.')
    await interrupted
  } finally {
    await stack.end()
  }
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error.message)
    process.exit(1)
  },
)
