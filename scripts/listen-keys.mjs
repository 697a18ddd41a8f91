/*
 * The user data stream as Binance had it until 2025, in front of the local venue, which has today's: a key is asked for
 * over REST, and a socket opened under that key tells the account's events bare. ccxt up to 4.5 knows no other.
 */
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'

/** @param {string} venueUrl of the local venue */
export async function offerListenKeys(venueUrl) {
  const sockets = new Set()
  const keep = socket => {
    sockets.add(socket)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((request, response) => {
    if (/^\/api\/v3\/userDataStream/.test(request.url)) {
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ listenKey: `listen-${request.headers['x-mbx-apikey']}` }))
      return
    }
    const { method, headers } = request
    const onward = send(venueUrl + request.url, { method, headers }, answer => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  const upgrades = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, near => {
      const apiKey = /\/listen-([^/?]+)/.exec(request.url)?.[1]
      const far = keep(new WebSocket(venueUrl.replace('http', 'ws') + (apiKey ? '/ws-api/v3' : request.url)))
      keep(near)
      near.on('close', () => far.terminate())
      far.on('close', () => near.terminate())
      far.on('message', data => {
        if (apiKey === undefined) return near.send(String(data))
        const { event } = JSON.parse(String(data))
        if (event !== undefined) near.send(JSON.stringify(event))
      })
      far.on('open', () => {
        if (apiKey === undefined) return
        const params = { apiKey, timestamp: Date.now(), signature: 'any' }
        far.send(JSON.stringify({ id: 1, method: 'userDataStream.subscribe.signature', params }))
      })
      near.on('message', async data => {
        if (apiKey !== undefined) return
        if (far.readyState === WebSocket.CONNECTING) await once(far, 'open')
        far.send(String(data))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      for (const socket of sockets) socket.terminate()
      server.closeAllConnections()
      server.close()
    },
  }
}
