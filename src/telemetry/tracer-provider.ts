import { resourceFromAttributes } from '@opentelemetry/resources'
import { RingSpanProcessor } from '../spans/ring-span-processor.js'
import { openShortWay } from '../spans/ring-tracer.js'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ConsoleSpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '../spans/sdk-trace.js'
import type { SpanSink } from '../spans/span-sink.js'
import { keepTraceBy } from './keep-trace.js'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'
import { type SpanUsers, takesShortWay } from './short-way.js'

/** A tracer provider by the settings, whose spans go to the ring, where they are exported at all, and to the user's processors. */
export function createTracerProvider(
  settings: Pick<Settings, 'exporters' | 'sampler' | 'spanLimits'>,
  resource: ResourceAttributes,
  ring: { readonly sink: SpanSink; readonly flush: () => Promise<void> } | undefined,
  users: SpanUsers,
): NodeTracerProvider {
  const { spanLimits } = settings
  const others = [...(users.spanProcessors ?? [])]
  if (settings.exporters.traces.includes('console')) others.push(new SimpleSpanProcessor(new ConsoleSpanExporter()))
  const provider = new NodeTracerProvider({
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
    spanProcessors:
      ring !== undefined && settings.exporters.traces.includes('otlp')
        ? [new RingSpanProcessor(ring.sink, ring.flush), ...others]
        : others,
  })
  if (ring !== undefined && takesShortWay(settings, users)) {
    openShortWay(provider, ring.sink, keepTraceBy(settings.sampler))
  }
  return provider
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
