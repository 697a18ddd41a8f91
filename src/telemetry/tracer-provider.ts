import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ConsoleSpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'

/*
 * The only file that imports sdk-trace-node at run time: OpenTelemetry's 3.x line has `sdk-trace` in its place.
 */

/** A tracer provider by the settings; `own` processors come first, then those of the user. */
export function createTracerProvider(
  settings: Pick<Settings, 'exporters' | 'sampler' | 'spanLimits'>,
  resource: ResourceAttributes,
  own: readonly SpanProcessor[],
  users: {
    readonly sampler?: number | Sampler | undefined
    readonly spanProcessors?: readonly SpanProcessor[] | undefined
  },
): NodeTracerProvider {
  const { spanLimits } = settings
  const processors = [...own, ...(users.spanProcessors ?? [])]
  if (settings.exporters.traces.includes('console')) processors.push(new SimpleSpanProcessor(new ConsoleSpanExporter()))
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    sampler: typeof users.sampler === 'object' ? users.sampler : createSampler(settings.sampler),
    spanLimits: {
      attributeCountLimit: spanLimits.attributeCount,
      eventCountLimit: spanLimits.eventCount,
      linkCountLimit: spanLimits.linkCount,
      attributePerEventCountLimit: spanLimits.attributePerEventCount,
      attributePerLinkCountLimit: spanLimits.attributePerLinkCount,
      ...(spanLimits.attributeValueLength !== undefined && {
        attributeValueLengthLimit: spanLimits.attributeValueLength,
      }),
    },
    spanProcessors: processors,
  })
}

function createSampler({ name, ratio }: Settings['sampler']): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  }
}
