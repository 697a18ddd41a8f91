/** Standard variables that have no effect here, each with what holds instead. */
export const unsupported: Readonly<Record<string, string>> = {
  OTEL_BSP_SCHEDULE_DELAY: 'spans go out as soon as a batch is full or 250 ms old',
  OTEL_BSP_EXPORT_TIMEOUT: 'write OTEL_EXPORTER_OTLP_TRACES_TIMEOUT for one request',
  OTEL_BSP_MAX_QUEUE_SIZE: 'write ORDERSCOPE_RING_BYTES for the size of the queue',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 'a request holds 2048 spans at most',
  OTEL_BLRP_SCHEDULE_DELAY: 'log records go out as soon as a batch is full or 250 ms old',
  OTEL_BLRP_EXPORT_TIMEOUT: 'write OTEL_EXPORTER_OTLP_LOGS_TIMEOUT for one request',
  OTEL_BLRP_MAX_QUEUE_SIZE: 'write ORDERSCOPE_RING_BYTES for the size of the queue',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: 'a request holds 2048 log records at most',
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'write OTEL_EXPORTER_OTLP_ENDPOINT; most that take Zipkin take OTLP by now',
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: 'write OTEL_EXPORTER_OTLP_TIMEOUT',
  OTEL_NODE_RESOURCE_DETECTORS: 'write OTEL_RESOURCE_ATTRIBUTES for what is to be said otherwise of this process',
}

/** What says what holds anyway needs no sentence. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  OTEL_NODE_RESOURCE_DETECTORS: ['all'],
}

/** One sentence for each variable of the standard that is set and has no effect. */
export function unsupportedProblems(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(unsupported).flatMap(([name, instead]) => {
    const text = environment[name]?.trim().toLowerCase() ?? ''
    if (text === '' || harmless[name]?.includes(text)) return []
    return [`${name} has no effect; ${instead}`]
  })
}
