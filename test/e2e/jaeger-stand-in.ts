import { createOtlpSink, type OtlpSink } from '../../src/testing/otlp-sink.js'
import { type GrpcCollector, startGrpcCollector } from '../export/otlp/grpc-collector.js'

/** Takes OTLP over gRPC as Jaeger does, and shows the spans. */
export class JaegerStandIn {
  readonly port: number
  readonly sink: OtlpSink
  readonly #collector: GrpcCollector

  private constructor(collector: GrpcCollector, sink: OtlpSink) {
    this.port = collector.port
    this.sink = sink
    this.#collector = collector
  }

  static async start(port = 0): Promise<JaegerStandIn> {
    const sink = await createOtlpSink({ keep: 1_000_000 })
    const collector = await startGrpcCollector(
      ({ message }) => {
        void fetch(`${sink.url}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body: new Uint8Array(message),
        }).then(response => response.arrayBuffer())
        return Buffer.alloc(0)
      },
      undefined,
      port,
    )
    return new JaegerStandIn(collector, sink)
  }

  /** Ids of the traces of which something came. */
  get traceIds(): ReadonlySet<string> {
    return new Set(this.sink.spans.map(({ traceId }) => traceId))
  }

  async close(): Promise<void> {
    await this.#collector.close()
    await this.sink.close()
  }
}
