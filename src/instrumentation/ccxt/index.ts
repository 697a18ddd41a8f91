export { ccxtBaseModules, findCcxtBase } from './base-modules.js'
export {
  type CcxtInstrumentation,
  type CcxtInstrumentationOptions,
  createCcxtInstrumentation,
} from './ccxt-instrumentation.js'
export type { OrderSink, SinkAccount } from './order-sink.js'
export { type CcxtHooks, patchCcxtBase } from './patch-base.js'
