import { setRecordSink } from '../channel/record-sink.js'
import type { ChannelWriter } from '../channel/writer.js'
import { SharedMeterProvider } from '../metrics/meter-provider.js'
import { DEFAULT_VALUE_LENGTH } from '../spans/record-limits.js'
import { openShortWay } from '../spans/ring-tracer.js'
import { SpanSink } from '../spans/span-sink.js'
import {
  DeferredLoggerProvider,
  DeferredTracerProvider,
  type StoppableLoggerProvider,
  type StoppableTracerProvider,
} from './deferred-providers.js'
import { keepTraceBy } from './keep-trace.js'
import type { Parts } from './parts.js'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'
import { areSpansOurs, takesShortWay } from './short-way.js'

/** The three signals of this thread, all writing to one channel. */
export interface Providers {
  readonly meterProvider: SharedMeterProvider
  readonly tracerProvider: StoppableTracerProvider
  readonly loggerProvider: StoppableLoggerProvider
}

/** What the providers are made of. `flush` waits until a collector has what was written. */
export interface ProviderParts {
  readonly writer: ChannelWriter
  readonly settings: Settings
  readonly options: TelemetryOptions
  readonly resource: ResourceAttributes
  readonly parts: Pick<Parts, 'tracerProvider' | 'loggerProvider'>
  readonly flush: () => Promise<void>
}

export function createProviders(given: ProviderParts): Providers {
  const { writer, settings, options } = given
  return {
    meterProvider: new SharedMeterProvider(writer, {
      views: options.views ?? [],
      seriesLimit: settings.seriesLimit,
      exemplarFilter: settings.exemplarFilter,
      // only OTLP wants them
      ...(settings.exporters.metrics.includes('otlp') && {
        temporality: settings.metricTemporality,
        histogramAggregation: settings.histogramAggregation,
      }),
    }),
    tracerProvider: tracerProvider(given),
    loggerProvider: loggerProvider(given),
  }
}

function tracerProvider({ writer, settings, options, resource, parts, flush }: ProviderParts): StoppableTracerProvider {
  const sink = new SpanSink(writer, settings.spanLimits.attributeValueLength)
  // with no exporter there is nobody to read them; ids and exemplars are as ever
  if (!settings.exporters.traces.includes('otlp')) sink.close()
  const create = () => parts.tracerProvider().createTracerProvider(settings, resource, { sink, flush }, options)
  if (!areSpansOurs(settings, options)) return create()
  const flushed = settings.exporters.traces.includes('otlp') ? flush : nothing
  const deferred = new DeferredTracerProvider(create, {
    forceFlush: flushed,
    shutdown() {
      sink.close()
      return flushed()
    },
  })
  if (takesShortWay(settings, options)) openShortWay(deferred, sink, keepTraceBy(settings.sampler))
  return deferred
}

function loggerProvider({ writer, settings, resource, parts, flush }: ProviderParts): StoppableLoggerProvider {
  const flushed = settings.exporters.logs.includes('otlp') ? flush : nothing
  const provider = new DeferredLoggerProvider(
    () => parts.loggerProvider().createLoggerProvider(settings, resource, { writer, flush }),
    { forceFlush: flushed, shutdown: flushed },
  )
  if (!settings.orderLogs || settings.exporters.logs.length === 0) setRecordSink(provider, undefined)
  // the console wants to see them too
  else if (!settings.exporters.logs.includes('console')) {
    setRecordSink(provider, {
      writer,
      maximumValueLength: settings.logLimits.attributeValueLength ?? DEFAULT_VALUE_LENGTH,
    })
  }
  return provider
}

async function nothing(): Promise<void> {}
