import { createCcxtInstrumentation } from '../instrumentation/ccxt/index.js'
import { createOrderTracker } from '../order/order-tracker.js'
import { say } from './said.js'

/** Follows the orders that ccxt sends: one tracker for each exchange object. */
export function createCcxtOrders(): ReturnType<typeof createCcxtInstrumentation> {
  return createCcxtInstrumentation({
    createSink: ({ id }) => createOrderTracker({ venue: { name: id } }),
    say,
  })
}
