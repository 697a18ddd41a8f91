import { bodyLength } from './message-parser.js'
import type { FixField, FixMessage } from './raw-message.js'
import { textOf } from './raw-message.js'

/** Fields that may follow a text and be part of it: more were never seen. */
const MAXIMUM_HIDDEN = 5
const freeText = 58

/**
 * What is wrong with BodyLength (9) and CheckSum (10) of a message, in sentences. Both count the bytes that went over
 * the wire, with SOH between the fields; where a log may have changed those, what can't be known isn't said.
 */
export function trailerProblems({ separator, fields }: FixMessage): readonly string[] {
  const problems: string[] = []
  const hint = hasOtherThanAscii(fields) ? ' (the log may have changed characters outside ASCII)' : ''

  const told = fields[1]?.tag === 9 ? fields[1].value : undefined
  const length = bodyLength(fields)
  if (told === undefined) problems.push('there is no BodyLength (9) after BeginString (8)')
  else if (!/^[0-9]{1,9}$/.test(told)) problems.push(`BodyLength (9) is ${shown(told)}; it counts ${length} bytes`)
  else if (Number(told) !== length && Number(told) !== length + recoded(fields)) {
    problems.push(`BodyLength (9) is ${told}; it counts ${length} bytes${hint}`)
  }

  const trailer = fields.at(-1)
  if (trailer?.tag !== 10) problems.push('there is no CheckSum (10) at the end')
  else {
    const expected = checkSum(fields)
    const difference = mod(Number(trailer.value) - expected)
    const right = String(expected).padStart(3, '0')
    if (!/^[0-9]{3}$/.test(trailer.value) || Number(trailer.value) > 255) {
      problems.push(`CheckSum (10) is ${shown(trailer.value)}; the bytes give ${right}`)
    } else if (difference !== 0 && !isAmbiguous(separator, fields, difference) && !fitsLatin1(fields, trailer.value)) {
      // cutting one character to seven bits takes 128 off
      const cut = difference === 128 ? ' (a log that cuts characters to seven bits gives this, too)' : hint
      problems.push(`CheckSum (10) is ${trailer.value}; the bytes give ${right}${cut}`)
    }
  }
  return problems
}

function checkSum(fields: readonly FixField[]): number {
  let sum = 0
  for (let index = 0; index < fields.length - 1; index++) {
    const { bytes } = fields[index]!
    for (let place = 0; place < bytes.length; place++) sum += bytes.charCodeAt(place)
    sum += 1
  }
  return mod(sum)
}

/**
 * Whether some reading of the separators makes the CheckSum right: in a log with `|` for SOH, a `|` within a value may
 * have been an SOH, and one between two fields after a text may be part of the text.
 */
function isAmbiguous(separator: string, fields: readonly FixField[], difference: number): boolean {
  if (separator === '\u0001' || separator.length > 1) return false
  const step = separator.charCodeAt(0) - 1
  const within = fields.reduce((count, field) => count + field.bytes.split(separator).length - 1, 0)
  for (let count = 1; count <= Math.min(within, 64); count++) if (mod(-count * step) === difference) return true
  const text = fields.findIndex(field => field.tag === freeText)
  const after = text === -1 ? 0 : Math.min(fields.length - text - 2, MAXIMUM_HIDDEN)
  for (let count = 1; count <= after; count++) if (mod(count * step) === difference) return true
  return false
}

/** Whether the CheckSum is that of the same text in Latin-1: logs are often UTF-8 where the wire wasn't. */
function fitsLatin1(fields: readonly FixField[], told: string): boolean {
  if (!hasOtherThanAscii(fields)) return false
  const wire = fields.map(field => ({ ...field, bytes: textOf(field.bytes) }))
  return checkSum(wire) === Number(told)
}

/** By how many bytes the text would be shorter in Latin-1: zero or less. */
function recoded(fields: readonly FixField[]): number {
  if (!hasOtherThanAscii(fields)) return 0
  return fields.reduce((bytes, field) => bytes + textOf(field.bytes).length - field.bytes.length, 0)
}

function hasOtherThanAscii(fields: readonly FixField[]): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has control characters
  return fields.some(field => /[^\x00-\x7f]/.test(field.bytes))
}

function mod(value: number): number {
  return ((value % 256) + 256) % 256
}

function shown(value: string): string {
  return JSON.stringify(textOf(value.slice(0, 40)))
}
