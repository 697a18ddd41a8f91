/*
 * Checks what `npm run demo -- --json FILE` wrote: venue, metrics and traces must say the same.
 *
 *   node scripts/check-demo.mjs FILE ORDERS
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const [file, orders] = process.argv.slice(2)
const { venue, metrics, traces } = JSON.parse(readFileSync(file, 'utf8'))
const total = Object.values(venue.orders).reduce((sum, count) => sum + count, 0)

assert.equal(total, Number(orders), 'orders that reached the venue')
assert.ok(venue.executions > 0, 'something was executed')
assert.deepEqual(metrics, venue, 'the scraped metrics say what the venue did')
assert.deepEqual(traces, venue, 'the exported spans say what the venue did')
console.log(`${total} orders, ${venue.executions} executions: venue, metrics and traces agree`)
