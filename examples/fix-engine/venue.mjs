import 'reflect-metadata'
import { AsciiSession } from 'jspurefix'
import { connect } from './connection.mjs'

/** Takes every order and fills it in two parts. */
class Venue extends AsciiSession {
  onApplicationMsg(_type, message) {
    const quantity = Number(message.getString('OrderQty'))
    const order = {
      ...{ OrderID: 'v-1', ClOrdID: message.getString('ClOrdID'), Side: message.getString('Side') },
      ...{ Instrument: { Symbol: message.getString('Symbol') }, OrderQtyData: { OrderQty: quantity } },
    }
    const report = (ExecID, ExecType, OrdStatus, CumQty, LastQty) => {
      const last = LastQty === undefined ? {} : { LastQty, LastPx: 10.4 }
      const figures = { CumQty, LeavesQty: quantity - CumQty, AvgPx: CumQty === 0 ? 0 : 10.4, TransactTime: new Date() }
      this.send('8', { ...order, ExecID, ExecType, OrdStatus, ...last, ...figures })
    }
    report('e-1', '0', '0', 0)
    setTimeout(() => report('e-2', 'F', '1', 40, 40), 20)
    setTimeout(() => report('e-3', 'F', '2', quantity, quantity - 40), 50)
  }

  onLogon() {
    return true
  }

  onReady() {}
  onStopped() {}
  onEncoded() {}
  onDecoded() {}
}

await connect('acceptor', config => new Venue(config))
