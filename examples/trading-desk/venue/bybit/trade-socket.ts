import type { WebSocket } from 'ws'
import { listOf, objectOf, parseObject, textOf } from '../json-value.js'
import { sendJson } from '../topics.js'
import { type Gateway, socketKey } from './gateway.js'
import { TRADE_OPERATIONS } from './routes.js'

/** Orders over a socket: the same answers as by REST. https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline */
export function serveTradeSocket(gateway: Gateway, socket: WebSocket, address: string): void {
  const connId = 'trade'
  let apiKey: string | undefined
  const answer = async (text: string) => {
    const message = parseObject(text)
    if (!message) return { retCode: 10001, retMsg: 'Invalid JSON.', op: '', connId }
    const op = textOf(message, 'op') ?? ''
    const reqId = textOf(message, 'reqId')
    if (op === 'ping') return { retCode: 0, retMsg: 'OK', op: 'pong', data: [String(Date.now())], connId }
    if (op === 'auth') {
      apiKey = socketKey(message.args)
      return apiKey
        ? { retCode: 0, retMsg: 'OK', op, connId }
        : { retCode: 10003, retMsg: 'Invalid apiKey.', op, connId }
    }
    const header = objectOf(message, 'header')
    const { retCode, retMsg, result, retExtInfo, limits } = await gateway.handle(
      TRADE_OPERATIONS.get(op),
      listOf(message, 'args')[0] ?? {},
      {
        apiKey,
        signature: 'socket',
        timestamp: textOf(header, 'X-BAPI-TIMESTAMP'),
        receiveWindow: textOf(header, 'X-BAPI-RECV-WINDOW'),
      },
      address,
    )
    return { reqId, retCode, retMsg, op, data: result, retExtInfo, header: limits, connId }
  }
  socket.on('message', data => void answer(String(data)).then(message => sendJson(socket, message)))
}
