import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { expect, it } from 'vitest'
import { YieldingTracerProvider } from '../../src/telemetry/yielding-tracer-provider.js'

function provider() {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  return {
    tracerProvider,
    spans: () => exporter.getFinishedSpans().map(span => `${span.instrumentationScope.name}: ${span.name}`),
  }
}

it('tracers that were handed out before go over to the successor; spans that are open stay where they are', async () => {
  const [ours, theirs] = [provider(), provider()]
  const yielding = new YieldingTracerProvider(ours.tracerProvider)
  const tracer = yielding.getTracer('bot', '1.0')
  const open = tracer.startSpan('open')
  tracer.startActiveSpan('before', span => span.end())
  yielding.yieldTo(theirs.tracerProvider)
  expect(tracer.startActiveSpan('after', {}, span => span.isRecording())).toBe(true)
  tracer.startSpan('after').end()
  yielding.getTracer('new').startSpan('new').end()
  open.end()
  await yielding.forceFlush()
  expect(ours.spans()).toEqual(['bot: before', 'bot: open'])
  expect(theirs.spans()).toEqual(['bot: after', 'new: new'])
})
