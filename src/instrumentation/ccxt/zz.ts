import { createOrderTracker } from '../../order/order-tracker.js'
import { createCcxtInstrumentation } from './index.js'
export const x = createCcxtInstrumentation({ createSink: ({ id }) => createOrderTracker({ venue: { name: id } }) })
