import type { Context, Span, SpanOptions, Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api'

type StartActiveSpan = Tracer['startActiveSpan']

/**
 * What the API holds of ours. An SDK that the application starts later gets the tracers, too, that were handed out
 * before: those of modules that asked at their top, and of its own instrumentations, which ask before it registers.
 */
export class YieldingTracerProvider implements TracerProvider {
  #current: TracerProvider

  constructor(own: TracerProvider) {
    this.#current = own
  }

  get current(): TracerProvider {
    return this.#current
  }

  /** From now on every tracer of this provider is one of `successor`. */
  yieldTo(successor: TracerProvider): void {
    this.#current = successor
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return new YieldingTracer(this, name, version, options)
  }

  /** Of the provider that does the work now, for applications that flush it. */
  forceFlush(): Promise<void> {
    return (this.#current as { forceFlush?(): Promise<void> }).forceFlush?.() ?? Promise.resolve()
  }
}

class YieldingTracer implements Tracer {
  readonly #provider: YieldingTracerProvider
  readonly #identity: readonly [name: string, version?: string, options?: TracerOptions]
  #source: TracerProvider | undefined
  #tracer: Tracer | undefined

  constructor(
    provider: YieldingTracerProvider,
    ...identity: readonly [name: string, version: string | undefined, options: TracerOptions | undefined]
  ) {
    this.#provider = provider
    this.#identity = identity as readonly [name: string, version?: string, options?: TracerOptions]
    // whoever asks for a tracer is about to make spans
    this.#current()
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#current().startSpan(name, options, context)
  }

  startActiveSpan(...args: unknown[]): never {
    const tracer = this.#current()
    return Reflect.apply(tracer.startActiveSpan as StartActiveSpan, tracer, args as never) as never
  }

  #current(): Tracer {
    const source = this.#provider.current
    if (this.#tracer === undefined || this.#source !== source) {
      this.#source = source
      this.#tracer = source.getTracer(...this.#identity)
    }
    return this.#tracer
  }
}
