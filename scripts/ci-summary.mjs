/*
 * Adds up vitest's JSON reports and prints the closing line of .ci/run.
 *
 *   node scripts/ci-summary.mjs FOLDER FAILED_STEPS
 *
 * A file that could not be loaded counts as one failed test, as does a step that failed without a failed test
 * (`NAME.failed` beside the report `NAME.json` says that the run's command failed).
 * Each failure is named once more with the first line of its message: the end of a long log is what is kept of it.
 * A test that is skipped in one run (an older Node, no promtool yet) must pass in another. Where the shared data
 * lies beside the checkout, one that ran nowhere counts as failed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, failedSteps] = process.argv.slice(2)
const dataIsThere = existsSync(new URL('../../shared/data', import.meta.url))
let passed = 0
let failed = Number(failedSteps)
const ran = new Set()
const skipped = new Set()

const files = readdirSync(folder)
for (const file of files.filter(name => name.endsWith('.json')).sort()) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const tests = report.testResults.flatMap(result =>
    result.assertionResults.map(({ status, fullName, failureMessages }) => ({
      status,
      name: `${result.name}: ${fullName}`,
      message: failureMessages?.[0]?.split('\n', 1)[0] ?? '',
    })),
  )
  const unloaded = report.testResults.filter(
    result => result.status === 'failed' && !result.assertionResults.some(test => test.status === 'failed'),
  )
  const run = file.replace(/\.json$/, '')
  for (const { name, message } of unloaded) console.log(`not loaded (${run}): ${name}: ${message?.split('\n', 1)[0]}`)
  for (const { status, name, message } of tests) {
    if (status === 'passed') passed += 1
    if (status === 'failed') console.log(`failed (${run}): ${name}: ${message}`)
    ;(status === 'passed' || status === 'failed' ? ran : skipped).add(name)
  }
  const failures = tests.filter(test => test.status === 'failed').length + unloaded.length
  const commandFailed = files.includes(file.replace(/json$/, 'failed'))
  failed += failures > 0 ? failures : Number(commandFailed || !report.success)
}

const notRun = [...skipped].filter(name => !ran.has(name))
for (const name of notRun) console.log(`ran nowhere: ${name}`)
if (dataIsThere) failed += notRun.length

// runs that left no report at all
failed += files.filter(name => name.endsWith('.failed') && !files.includes(name.replace(/failed$/, 'json'))).length

// a run without a single test is no success
if (passed === 0) failed += 1
const rest = notRun.length > 0 && !dataIsThere ? `, ${notRun.length} skipped` : ''
console.log(`${passed} passed, ${failed} failed${rest}`)
process.exitCode = failed === 0 ? 0 : 1
