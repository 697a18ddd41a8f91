import { createServer } from 'node:http'

/*
 * node collector-process.js LATENCY_MS: accepts OTLP/HTTP in protobuf, counts the spans, answers after the latency.
 * ExportTraceServiceRequest.resource_spans(1).scope_spans(2).spans(2): counted without decoding them.
 */
const latencyMs = Number(process.argv[2] ?? 0)
let spans = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    if (request.url === '/v1/traces') spans += countSpans(Buffer.concat(chunks), [1, 2, 2])
    const answer = () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    if (latencyMs === 0) answer()
    else setTimeout(answer, latencyMs)
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port))
process.on('message', () => process.send?.(spans))
process.on('disconnect', () => process.exit(0))

/** How often the field at the end of `path` occurs; every field on the way is a message. */
function countSpans(bytes: Uint8Array, path: readonly number[]): number {
  let count = 0
  let at = 0
  const varint = () => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = bytes[at++]!
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    if (wire === 2) {
      const length = varint()
      if (tag >> 3 === path[0]) {
        count += path.length === 1 ? 1 : countSpans(bytes.subarray(at, at + length), path.slice(1))
      }
      at += length
    } else if (wire === 0) varint()
    else at += wire === 1 ? 8 : 4
  }
  return count
}
