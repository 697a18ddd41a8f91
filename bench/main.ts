import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type Measured, measure } from './measure.js'
import { report } from './report.js'
import { type Row, rows } from './rows.js'

const usage = `Measures orderscope beside what one would use instead, in one run.

  npm run bench                     every row, as a table
  npm run bench -- --only TEXT      the rows whose text has TEXT in it
  npm run bench -- --short          less of each: about six minutes
  npm run bench --silent -- --json        { machine, node, rows } and nothing else
  npm run bench -- --check          short, the rows that tell a regression from a busy machine; exit 1
                                    when one is worse than half of its goal three times in a row`

/** Of a work that `--check` finds wanting. */
const RETRIES = 2

const values = options()
if (values.help) {
  console.log(usage)
  process.exit(0)
}

const only = values.only?.toLowerCase()
const offered = values.check ? rows.filter(row => row.check === true) : rows
const chosen = offered.filter(row => only === undefined || `${row.work} ${row.peer}`.toLowerCase().includes(only))
if (chosen.length === 0) {
  const which = values.check ? 'No row that --check takes' : 'No row'
  const list = offered.map(row => `  ${row.work} | ${row.peer}`).join('\n')
  console.error(`${which} has "${values.only}" in it; there are:\n${list}`)
  process.exit(1)
}
const machine = `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`
const effort = { short: values.short || values.check }
const say = (text: string): void => {
  if (!values.json) process.stderr.write(text)
}
let { measured, failures } = await measure(chosen, effort, say)
// who is slow is slow again; a machine that was busy with something else needn't be
for (let again = 0; values.check && again < RETRIES; again++) {
  const doubtful = chosen.filter(row => isDoubtful(row, measured))
  if (doubtful.length === 0) break
  const repeated = await measure(doubtful, effort, say)
  measured = measured.filter(({ row }) => !doubtful.includes(row)).concat(repeated.measured)
  failures = repeated.failures
}
const results = chosen.flatMap(row => measured.filter(each => each.row === row).map(({ result }) => result))
if (values.json) {
  console.log(JSON.stringify({ machine, node: process.version, rows: results }, undefined, 2))
} else {
  console.log(`${machine}, Node ${process.version}\n`)
  console.log(report(results))
}
const failed = values.check ? measured.filter(({ missedByFar }) => missedByFar) : []
for (const { result } of failed) console.error(`worse than half of its goal: ${result.work} | ${result.peer}`)
for (const failure of failures) console.error(`not measured: ${failure}`)
process.exitCode = failed.length > 0 || failures.length > 0 ? 1 : 0

function options() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        short: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(1)
  }
}

function isDoubtful(row: Row, measured: readonly Measured[]): boolean {
  const own = measured.find(each => each.row === row)
  return own === undefined || own.missedByFar
}
