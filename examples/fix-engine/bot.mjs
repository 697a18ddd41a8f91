import 'reflect-metadata'
import { AsciiSession } from 'jspurefix'
import { createOrderTracker } from 'orderscope'
import { createFixConverter, parseFixMessage } from 'orderscope/fix'
import { connect } from './connection.mjs'

const orders = createOrderTracker({ venue: { name: 'venue' } })
const fix = createFixConverter()

/** Every message of the session, sent or received, as the engine logs it. */
function follow(message) {
  for (const event of fix.toOrderEvents(parseFixMessage(message).fields)) orders.apply(event)
}

class Bot extends AsciiSession {
  onEncoded(_type, message) {
    follow(message)
  }

  onDecoded(_type, message) {
    follow(message)
  }

  onReady() {
    const order = { ClOrdID: 'f-1', Instrument: { Symbol: 'ACME' }, Side: '1', OrderQtyData: { OrderQty: 100 } }
    this.send('D', { ...order, HandlInst: '1', OrdType: '2', Price: 10.5, TransactTime: new Date() })
  }

  onApplicationMsg(_type, message) {
    if (message.getString('OrdStatus') === '2') this.done()
  }

  onLogon() {
    return true
  }

  onStopped() {}
}

await connect('initiator', config => new Bot(config))
