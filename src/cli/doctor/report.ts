import { type Paint, paintFor } from '../paint.js'
import type { Finding } from './finding.js'

/** The findings for a person, a line each, with what to do below. */
export function textReport(findings: readonly Finding[], stdout: object): string {
  const paint = paintFor(stdout)
  const width = Math.max(...findings.map(({ check }) => check.length))
  const marks: Readonly<Record<Finding['status'], (paint: Paint) => string>> = {
    ok: paint => paint.green('ok   '),
    note: paint => paint.yellow('note '),
    wrong: paint => paint.red('WRONG'),
  }
  const lines = findings.flatMap(({ check, status, text, cure }) => [
    `${marks[status](paint)}  ${paint.bold(check.padEnd(width))}  ${text}`,
    ...(cure === undefined ? [] : [`${' '.repeat(width + 9)}→ ${cure}`]),
  ])
  const wrong = findings.filter(({ status }) => status === 'wrong').length
  const sum = wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`
  return `${lines.join('\n')}\n\n${sum}\n`
}
