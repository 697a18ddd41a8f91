import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import type { ChannelWriter } from '../channel/writer.js'
import { RingLogProcessor } from '../log/ring-log-processor.js'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'

/** A logger provider by the settings, whose records go to the ring, where they are exported at all. */
export function createLoggerProvider(
  settings: Pick<Settings, 'exporters' | 'logLimits'>,
  resource: ResourceAttributes,
  ring: { readonly writer: ChannelWriter; readonly flush: () => Promise<void> },
): LoggerProvider {
  const { attributeCount, attributeValueLength } = settings.logLimits
  const processors: LogRecordProcessor[] = []
  if (settings.exporters.logs.includes('otlp')) {
    const maximum = attributeValueLength === undefined ? {} : { maximumValueLength: attributeValueLength }
    processors.push(new RingLogProcessor(ring.writer, { ...maximum, flush: ring.flush }))
  }
  if (settings.exporters.logs.includes('console'))
    processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }))
  return new LoggerProvider({
    resource: resourceFromAttributes({ ...resource }),
    logRecordLimits: {
      attributeCountLimit: attributeCount,
      ...(attributeValueLength !== undefined && { attributeValueLengthLimit: attributeValueLength }),
    },
    processors,
  })
}
