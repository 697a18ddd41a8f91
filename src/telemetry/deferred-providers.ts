import type { Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api'
import type { Logger, LoggerOptions, LoggerProvider } from '@opentelemetry/api-logs'

/** What the SDK's providers are besides. */
interface Stoppable {
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}
export type StoppableTracerProvider = TracerProvider & Stoppable
export type StoppableLoggerProvider = LoggerProvider & Stoppable

/*
 * Orders need no SDK: what is told of them goes straight into the rings. It is loaded for the first tracer or logger
 * that somebody asks for, which programs do while they start, and not with the first span, in the middle of trading.
 */

/** `untouched` stands for the provider where nobody has asked for anything of it. */
class DeferredProvider<Provider extends Stoppable> implements Stoppable {
  readonly #create: () => Provider
  readonly #untouched: Stoppable
  #made: Provider | undefined

  constructor(create: () => Provider, untouched: Stoppable) {
    this.#create = create
    this.#untouched = untouched
  }

  protected get provider(): Provider {
    this.#made ??= this.#create()
    return this.#made
  }

  forceFlush(): Promise<void> {
    return (this.#made ?? this.#untouched).forceFlush()
  }

  shutdown(): Promise<void> {
    return (this.#made ?? this.#untouched).shutdown()
  }
}

/** Made with the first tracer. */
export class DeferredTracerProvider
  extends DeferredProvider<StoppableTracerProvider>
  implements StoppableTracerProvider
{
  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return this.provider.getTracer(name, version, options)
  }
}

/** Made with the first logger. */
export class DeferredLoggerProvider
  extends DeferredProvider<StoppableLoggerProvider>
  implements StoppableLoggerProvider
{
  getLogger(name: string, version?: string, options?: LoggerOptions): Logger {
    return this.provider.getLogger(name, version, options)
  }
}
