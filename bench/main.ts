import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { measure } from './measure.js'
import { report } from './report.js'
import { rows } from './rows.js'

const usage = `Measures orderscope beside what one would use instead, in one run.

  npm run bench                     every row, as a table
  npm run bench -- --only TEXT      the rows whose text has TEXT in it
  npm run bench -- --short          less of each: about five minutes
  npm run -s bench -- --json        { machine, node, rows } and nothing else
  npm run bench -- --check          exit 1 when a ratio is worse than half of its goal`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

const only = values.only?.toLowerCase()
const chosen = rows.filter(row => only === undefined || `${row.work} ${row.peer}`.toLowerCase().includes(only))
if (chosen.length === 0) {
  console.error(
    `No row has "${values.only}" in it; there are:\n${rows.map(row => `  ${row.work} | ${row.peer}`).join('\n')}`,
  )
  process.exit(1)
}
const machine = `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`
const { measured, failures } = await measure(chosen, { short: values.short }, text => {
  if (!values.json) process.stderr.write(text)
})
const results = measured.map(({ result }) => result)
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
