import { readFileSync } from 'node:fs'
import { type handleUnaryCall, Metadata, Server, ServerCredentials, type status } from '@grpc/grpc-js'
import { grpcMethodPath } from '../../../src/channel/otlp-methods.js'
import type { Certificates } from './certificates.js'

/** A call that came in. */
export interface Call {
  readonly signal: 'traces' | 'metrics' | 'logs'
  readonly headers: Readonly<Record<string, string>>
  /** The message, decompressed by the server. */
  readonly message: Buffer
  /** Milliseconds that the client gives it. */
  readonly timeLeftMs: number
}

export type CallAnswer =
  | Buffer
  | 'never'
  | { readonly code: status; readonly message: string; readonly metadata?: Metadata }

export interface GrpcCollector {
  readonly port: number
  readonly calls: readonly Call[]
  /** Ends the connections, in order or not. */
  end(): void
  close(): Promise<void>
}

/** A collector by the reference implementation of gRPC for Node. */
export async function startGrpcCollector(
  answer: (call: Call) => CallAnswer = () => Buffer.alloc(0),
  tls?: { readonly files: Certificates; readonly askClient: boolean },
  port = 0,
): Promise<GrpcCollector> {
  const calls: Call[] = []
  const server = new Server()
  const signals = ['traces', 'metrics', 'logs'] as const
  const bytes = { serialize: (each: Buffer) => each, deserialize: (each: Buffer) => each }
  for (const signal of signals) {
    const handle: handleUnaryCall<Buffer, Buffer> = (call, done) => {
      const headers: Record<string, string> = {}
      for (const [name, value] of Object.entries(call.metadata.getMap())) headers[name] = String(value)
      const deadline = call.getDeadline()
      const timeLeftMs = (deadline instanceof Date ? deadline.getTime() : deadline) - Date.now()
      const came: Call = { signal, headers, message: call.request, timeLeftMs }
      calls.push(came)
      const given = answer(came)
      if (given === 'never') return
      if (Buffer.isBuffer(given)) done(null, given)
      else done({ code: given.code, details: given.message, metadata: given.metadata ?? new Metadata() })
    }
    const path = grpcMethodPath(signal)
    server.addService(
      {
        Export: {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: bytes.serialize,
          requestDeserialize: bytes.deserialize,
          responseSerialize: bytes.serialize,
          responseDeserialize: bytes.deserialize,
        },
      },
      { Export: handle },
    )
  }
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          readFileSync(tls.files.ca),
          [{ private_key: readFileSync(tls.files.serverKey), cert_chain: readFileSync(tls.files.server) }],
          tls.askClient,
        )
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) => (error ? reject(error) : resolve(found)))
  })
  return {
    port: bound,
    calls,
    end: () => server.drain(`127.0.0.1:${bound}`, 0),
    close: async () => server.forceShutdown(),
  }
}
