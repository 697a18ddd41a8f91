/**
 * orderscope/fix: order messages of any FIX engine as order events.
 *
 * @packageDocumentation
 */

export { type FixCarrier, type FixCarrierTags, fixCarrier } from './fix-carrier.js'
export { createFixConverter, type FixConverter, type FixConverterOptions } from './fix-converter.js'
export type { FixFields } from './fix-fields.js'
export { type FixMessage, parseFixMessage } from './parse-fix-message.js'
export { type FixReading, toOrderEvents } from './to-order-events.js'
