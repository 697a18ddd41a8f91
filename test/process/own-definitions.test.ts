import { expect, it } from 'vitest'
import { fixture, runProgram } from './run-program.js'

it('what JavaScript gets wrong is told on stderr once, and breaks nothing', async () => {
  const { code, stdout, stderr } = await runProgram([fixture('own-definitions.mjs')])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ran\n' })
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^orderscope: bind: acme\.signals: trading\.order\.side is "long"; its values are buy, /),
    'orderscope: start: acme.signal has no attribute mood; add it to the definition',
    '',
  ])
})
