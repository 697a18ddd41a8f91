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

/** `untouched` stands for the provider where nobody has asked for a tracer. */
export class DeferredTracerProvider implements StoppableTracerProvider {
  readonly #create: () => StoppableTracerProvider
  readonly #untouched: Stoppable
  #made: StoppableTracerProvider | undefined

  constructor(create: () => StoppableTracerProvider, untouched: Stoppable) {
    this.#create = create
    this.#untouched = untouched
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    this.#made ??= this.#create()
    return this.#made.getTracer(name, version, options)
  }

  forceFlush(): Promise<void> {
    return (this.#made ?? this.#untouched).forceFlush()
  }

  shutdown(): Promise<void> {
    return (this.#made ?? this.#untouched).shutdown()
  }
}

/** The same for log records. */
export class DeferredLoggerProvider implements StoppableLoggerProvider {
  readonly #create: () => StoppableLoggerProvider
  readonly #untouched: Stoppable
  #made: StoppableLoggerProvider | undefined

  constructor(create: () => StoppableLoggerProvider, untouched: Stoppable) {
    this.#create = create
    this.#untouched = untouched
  }

  getLogger(name: string, version?: string, options?: LoggerOptions): Logger {
    this.#made ??= this.#create()
    return this.#made.getLogger(name, version, options)
  }

  forceFlush(): Promise<void> {
    return (this.#made ?? this.#untouched).forceFlush()
  }

  shutdown(): Promise<void> {
    return (this.#made ?? this.#untouched).shutdown()
  }
}
