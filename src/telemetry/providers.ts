import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { setRecordSink } from '../channel/record-sink.js'
import type { ChannelWriter } from '../channel/writer.js'
import { RingLogProcessor } from '../log/ring-log-processor.js'
import { SharedMeterProvider } from '../metrics/meter-provider.js'
import { DEFAULT_VALUE_LENGTH } from '../spans/record-limits.js'
import type { NodeTracerProvider } from '../spans/sdk-trace.js'
import { SpanSink } from '../spans/span-sink.js'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'
import { createTracerProvider } from './tracer-provider.js'

/** The three signals of this thread, all writing to one channel. */
export interface Providers {
  readonly meterProvider: SharedMeterProvider
  readonly tracerProvider: NodeTracerProvider
  readonly loggerProvider: LoggerProvider
}

/** What the providers are made of. `flush` waits until a collector has what was written. */
export interface ProviderParts {
  readonly writer: ChannelWriter
  readonly settings: Settings
  readonly options: TelemetryOptions
  readonly resource: ResourceAttributes
  readonly flush: () => Promise<void>
}

export function createProviders({ writer, settings, options, resource, flush }: ProviderParts): Providers {
  const sink = new SpanSink(writer, settings.spanLimits.attributeValueLength)
  // with no exporter there is nobody to read them; ids and exemplars are as ever
  if (!settings.exporters.traces.includes('otlp')) sink.close()
  const loggerProvider = new LoggerProvider({
    resource: resourceFromAttributes({ ...resource }),
    logRecordLimits: {
      attributeCountLimit: settings.logLimits.attributeCount,
      ...(settings.logLimits.attributeValueLength !== undefined && {
        attributeValueLengthLimit: settings.logLimits.attributeValueLength,
      }),
    },
    processors: logProcessors(writer, settings, flush),
  })
  if (!settings.orderLogs || settings.exporters.logs.length === 0) setRecordSink(loggerProvider, undefined)
  // the console wants to see them too
  else if (!settings.exporters.logs.includes('console')) {
    setRecordSink(loggerProvider, {
      writer,
      maximumValueLength: settings.logLimits.attributeValueLength ?? DEFAULT_VALUE_LENGTH,
    })
  }
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
    tracerProvider: createTracerProvider(settings, resource, { sink, flush }, options),
    loggerProvider,
  }
}

function logProcessors(writer: ChannelWriter, settings: Settings, flush: () => Promise<void>): LogRecordProcessor[] {
  const processors: LogRecordProcessor[] = []
  if (settings.exporters.logs.includes('otlp'))
    processors.push(new RingLogProcessor(writer, { ...valueLength(settings.logLimits), flush }))
  if (settings.exporters.logs.includes('console'))
    processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }))
  return processors
}

function valueLength(limits: { readonly attributeValueLength: number | undefined }): { maximumValueLength?: number } {
  return limits.attributeValueLength === undefined ? {} : { maximumValueLength: limits.attributeValueLength }
}
