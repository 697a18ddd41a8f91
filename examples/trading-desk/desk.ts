import type { Environment } from './service-environment.js'
import { type ServiceDefinition, ServiceProcess } from './service-process.js'

export interface DeskOptions {
  /** How many orders are to reach the venue; 0 goes on until it is ended. */
  readonly orders: number
  readonly seed: number
  /** A CSV of recorded trades; `undefined` for generated prices. */
  readonly trades: string | undefined
  /** A module that every service preloads; empty for none. */
  readonly preload: string
  /** Of the services. */
  readonly environment: Environment
}

export interface Desk {
  readonly venueUrl: string
  /** In the order of the way from tick to fill. */
  readonly services: readonly ServiceProcess[]
  readonly execution: ServiceProcess
  /** Settles when the wanted orders have reached the venue. */
  readonly done: Promise<void>
  /** Rejects when a process ends by itself. */
  readonly failed: Promise<never>
  /** Cancels what rests, and waits until the venue has nothing left. */
  flatten(): Promise<void>
  endServices(): Promise<void>
  endVenue(): Promise<void>
}

/** Where Prometheus finds the services while the desk runs on; a run that ends takes free ports. */
const FIRST_METRICS_PORT = 9464

/** Starts the venue, then the services, each with the address of the one that it calls. */
export async function startDesk(options: DeskOptions): Promise<Desk> {
  const { orders, seed, trades, preload, environment } = options
  const finite = orders > 0
  const started: ServiceProcess[] = []
  const start = async (definition: ServiceDefinition) => {
    const service = new ServiceProcess(definition)
    started.push(service)
    return { service, url: await service.listening() }
  }
  const startService = (name: string, args: readonly string[]) => {
    const first = finite ? 0 : Number(environment.OTEL_EXPORTER_PROMETHEUS_PORT ?? FIRST_METRICS_PORT)
    const port = first === 0 ? 0 : first + started.length - 1
    const env = { ...environment, OTEL_SERVICE_NAME: name, OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }
    return start({ name, script: name, args, env, preload })
  }
  const common = ['--seed', String(seed)]
  // Faster and fuller where it is to end soon; else as much as one can follow by eye.
  const pace = finite
    ? { venue: ['--step-ms', '5', '--latency-ms', '2', '--orders-per-second', '40'], chance: '1', restMs: '250' }
    : { venue: ['--step-ms', '50', '--latency-ms', '8', '--orders-per-second', '10'], chance: '0.05', restMs: '4000' }
  const accidents = [
    '--drop-sockets-every-ms',
    finite ? '2000' : '30000',
    '--duplicates',
    '0.02',
    '--lost-answers',
    '0.01',
  ]
  const recorded = trades === undefined ? [] : ['--trades', trades]
  try {
    const args = [...common, ...pace.venue, ...accidents, ...recorded]
    const venue = await start({ name: 'venue', script: 'venue/main', args })
    const execution = await startService('execution', [...common, '--venue', venue.url, '--rest-ms', pace.restMs])
    const risk = await startService('risk', ['--execution', execution.url])
    const limits = ['--orders', String(orders), '--chance', pace.chance]
    const signals = await startService('signals', [...common, '--risk', risk.url, ...limits])
    const marketData = await startService('market-data', ['--venue', venue.url, '--signals', signals.url])
    const services = [marketData.service, signals.service, risk.service, execution.service]
    return {
      venueUrl: venue.url,
      services,
      execution: execution.service,
      done: signals.service.done,
      failed: Promise.race(started.map(service => service.failed)),
      async flatten() {
        const response = await fetch(`${execution.url}/flatten`, { method: 'POST', body: '{}' })
        if (!response.ok) throw new Error(`execution could not cancel what rests: ${await response.text()}`)
      },
      async endServices() {
        for (const service of services) await service.end()
      },
      endVenue: () => venue.service.end(),
    }
  } catch (error) {
    await Promise.all(started.map(service => service.end()))
    throw error
  }
}
