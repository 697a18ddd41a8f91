export { ccxtBaseModules, findCcxt, findCcxtBase, findOtherCcxtBases } from './base-modules.js'
export { createCcxtInstrumentation } from './ccxt-instrumentation.js'
