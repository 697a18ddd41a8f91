import type { Work } from './sample.js'
import { works } from './works.js'

/* node run-side.js WORK SIDE short|whole: does it once and prints the figures as JSON. */
const [name = '', side = '', effort] = process.argv.slice(2)
const run = (works as Readonly<Record<string, Work>>)[name]?.sides[side]
if (run === undefined) throw new Error(`there is no "${side}" of "${name}"`)
const figures = await run({ short: effort === 'short' })
process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exit(0)
