import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTcpServer } from 'node:net'
import { gunzipSync } from 'node:zlib'

/*
 * An OTLP collector that misbehaves on purpose, by HTTP or gRPC. It counts as accepted what it has told the sender
 * that it took, and nothing else.
 */

/** Where the records of a request are: fields of ExportTraceServiceRequest and ExportLogsServiceRequest. */
const RECORDS = [1, 2, 2]
/** What a partial success refuses of each request. */
const REFUSED_IN_PART = 3

/** How it may behave; `down` and `half-open` are none of a server's answers. */
const httpAnswers = {
  works: (_, response) => accept(response),
  'takes 1.5 s': (_, response) => void setTimeout(() => accept(response), 1500),
  'answers a byte a second': (_, response) => {
    response.writeHead(200, { 'content-length': 1000 })
    const drip = setInterval(() => response.write('x'), 1000)
    response.on('close', () => clearInterval(drip))
    return undefined
  },
  'never answers': () => undefined,
  '200 with garbage': (_, response) => accept(response, Buffer.from('\xff\xff\xff\x07 what?', 'latin1')),
  '200 with half a megabyte': (_, response) => accept(response, Buffer.alloc(1 << 19, 'x')),
  '503, Retry-After in seconds': (_, response) => refuse(response, 503, { 'retry-after': '1' }),
  '503, Retry-After as a date': (_, response) =>
    refuse(response, 503, { 'retry-after': new Date(Date.now() + 1500).toUTCString() }),
  '503, Retry-After of nonsense': (_, response) => refuse(response, 503, { 'retry-after': 'soon' }),
  429: (_, response) => refuse(response, 429),
  400: (_, response) => refuse(response, 400),
  'redirects to itself': (request, response) => refuse(response, 307, { location: request.url }),
  'takes a part': (_, response) => {
    const message = Buffer.from([0x0a, 2, 0x08, REFUSED_IN_PART])
    return accept(response, message, REFUSED_IN_PART)
  },
  'refuses gzip': (request, response) =>
    request.headers['content-encoding'] === 'gzip' ? refuse(response, 415) : accept(response),
  'closes each connection at once': (request, response) => {
    response.on('finish', () => setImmediate(() => request.socket.destroy()))
    return accept(response)
  },
  'resets the connection': request => void request.socket.resetAndDestroy(),
  'breaks off its answer': (request, response) => {
    response.writeHead(503, { 'content-length': 1000 })
    response.write('half of')
    setTimeout(() => request.socket.destroy(), 10)
    return undefined
  },
  'speaks no HTTP': request => void request.socket.end('\x16\x03\x01\x02\x00 220 mail.example ready\r\n'),
}

const OK = 0
const INVALID_ARGUMENT = 3
const RESOURCE_EXHAUSTED = 8
const UNAVAILABLE = 14

const grpcAnswers = {
  works: stream => answer(stream, OK),
  'takes 1.5 s': stream => void setTimeout(() => answer(stream, OK), 1500),
  'answers a byte a second': stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    const drip = setInterval(() => stream.write('x'), 1000)
    stream.on('close', () => clearInterval(drip))
    return undefined
  },
  'never answers': () => undefined,
  'OK with garbage': stream => answer(stream, OK, {}, Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff])),
  UNAVAILABLE: stream => answer(stream, UNAVAILABLE),
  'RESOURCE_EXHAUSTED with RetryInfo': stream =>
    answer(stream, RESOURCE_EXHAUSTED, { 'grpc-status-details-bin': RETRY_AFTER_ONE_SECOND }),
  INVALID_ARGUMENT: stream => answer(stream, INVALID_ARGUMENT),
  'takes a part': stream =>
    answer(stream, OK, {}, Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 0x08, REFUSED_IN_PART]), REFUSED_IN_PART),
  'a status that there is not': stream => answer(stream, 99),
  'an answer without status': stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    return void stream.end()
  },
  'HTTP 503': stream => {
    stream.respond({ ':status': 503 })
    return void stream.end('<html>')
  },
  'resets the stream': stream => void stream.close(2),
  'says good-bye at once': stream => {
    answer(stream, OK)
    stream.session.goaway()
    return 0
  },
  'resets the connection': stream => void stream.session.socket.destroy(),
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo` of one second. */
const RETRY_AFTER_ONE_SECOND = (() => {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
  const info = Buffer.from([0x0a, 2, 0x08, 1])
  const any = Buffer.concat([Buffer.from([0x0a, type.length]), type, Buffer.from([0x12, info.length]), info])
  return Buffer.concat([Buffer.from([0x08, 8, 0x1a, any.length]), any]).toString('base64')
})()

/** All ways of an answer that is wrong, by protocol. */
export const wrongAnswers = {
  http: Object.keys(httpAnswers).filter(name => name !== 'works' && name !== 'takes 1.5 s'),
  grpc: Object.keys(grpcAnswers).filter(name => name !== 'works' && name !== 'takes 1.5 s'),
}

/** How many records of a request it refused; what isn't taken at all gives `undefined`. */
function accept(response, body = Buffer.alloc(0), refused = 0) {
  response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': body.length }).end(body)
  return refused
}

function refuse(response, status, headers = {}) {
  response.writeHead(status, headers).end()
  return undefined
}

function answer(stream, status, headers = {}, body = Buffer.alloc(5), refused = 0) {
  if (stream.destroyed) return undefined
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status), ...headers }))
  stream.end(body)
  return status === OK ? refused : undefined
}

/** Starts one on any free port. `behave` changes how it answers from now on. */
export async function startBadCollector(protocol) {
  const accepted = { traces: 0, logs: 0 }
  /** Requests that it took. */
  const seen = new Set()
  let requests = 0
  let way = 'works'
  let port = 0
  const sockets = new Set()
  const answers = protocol === 'grpc' ? grpcAnswers : httpAnswers

  async function take(incoming, outgoing, path, encoding) {
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    requests++
    let bytes = Buffer.concat(chunks)
    if (protocol === 'grpc') bytes = bytes[0] === 1 ? gunzipSync(bytes.subarray(5)) : bytes.subarray(5)
    else if (encoding === 'gzip') bytes = gunzipSync(bytes)
    const signal = /trace/i.test(path) ? 'traces' : /log/i.test(path) ? 'logs' : undefined
    // what answers later is counted now: the sender waits for it
    const isLate = way === 'takes 1.5 s'
    const refused = protocol === 'grpc' ? answers[way](outgoing) : answers[way](incoming, outgoing)
    if (signal === undefined || (refused === undefined && !isLate)) return
    // on a machine that is busy a sender may have given up on an answer that came: it sends the same once more
    const digest = createHash('sha1').update(bytes).digest('base64')
    if (seen.has(digest)) return
    seen.add(digest)
    const count = countRecords(bytes, RECORDS)
    accepted[signal] += count - Math.min(count, refused ?? 0)
  }

  function open() {
    if (way === 'half-open') return createTcpServer(socket => socket.on('error', () => {}).pause())
    if (protocol === 'http') {
      return createServer((request, response) => {
        take(request, response, request.url, request.headers['content-encoding']).catch(() => response.destroy())
      })
    }
    return createHttp2Server().on('stream', (stream, headers) => {
      stream.on('error', () => {})
      take(stream, stream, headers[':path']).catch(() => stream.destroy())
    })
  }

  let server
  async function listen() {
    server = open()
    server.on('connection', socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    })
    server.on('sessionError', () => {})
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    port = server.address().port
  }
  async function close() {
    if (server === undefined) return
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    server = undefined
    await closed
  }
  await listen()

  return {
    accepted,
    get requests() {
      return requests
    },
    url: `http://127.0.0.1:${port}`,
    /** `down`, `half-open`, or one of the answers. */
    async behave(next) {
      const isOther = [way, next].some(each => each === 'down' || each === 'half-open')
      if (isOther && way !== 'down') {
        // what it has just taken must be heard before the connections end
        way = way === 'half-open' ? way : 'never answers'
        await new Promise(resolve => setTimeout(resolve, 500))
      }
      way = next
      if (!isOther) return
      await close()
      if (way !== 'down') await listen()
    },
    close,
  }
}

/** How often the field at the end of `path` occurs; every field on the way is a message. */
function countRecords(bytes, path) {
  let count = 0
  let at = 0
  const varint = () => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = bytes[at++]
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
      if (tag >> 3 === path[0])
        count += path.length === 1 ? 1 : countRecords(bytes.subarray(at, at + length), path.slice(1))
      at += length
    } else if (wire === 0) varint()
    else at += wire === 1 ? 8 : 4
  }
  return count
}
