export { ccxtBaseModules, findCcxtBase } from './base-modules.js'
export { createCcxtInstrumentation } from './ccxt-instrumentation.js'
