import { type FixField, type FixMessage, textOf } from '../../order/fix/raw-message.js'

/** Separators that a text may hold, too: `|`, `^`, blanks around them or alone, `.`. */
const MAY_BE_TEXT = /[| ]|^[\^.]$/
const freeText = 58
/** Fields that an order message has once, outside groups. */
const single: ReadonlySet<number> = new Set([
  6, 11, 14, 17, 19, 20, 31, 32, 34, 35, 37, 38, 39, 40, 41, 43, 44, 49, 52, 54, 56, 59, 97, 102, 103, 150, 151, 434,
])

/**
 * The fields of a message as text, by tag. Where a tag stands twice the first counts; only in a log with `|`, `^` or
 * blanks for SOH can a text hold what looks like a field (`58=was|39=8|before`), and then the field outside the text counts: the
 * one before the text, else the last one.
 */
export function orderFields(message: FixMessage): Map<number, string> {
  const fields = new Map<number, string>()
  const text = MAY_BE_TEXT.test(message.separator) ? message.fields.findIndex(field => field.tag === freeText) : -1
  message.fields.forEach((field, index) => {
    if (fields.has(field.tag) && !countsLast(message.fields, field, index, text)) return
    fields.set(field.tag, textOf(detached(field.value)))
  })
  return fields
}

function countsLast(fields: readonly FixField[], field: FixField, index: number, text: number): boolean {
  if (text === -1 || index < text || !single.has(field.tag)) return false
  return fields.findIndex(other => other.tag === field.tag) > text
}

/**
 * A copy of its own: V8 cuts longer strings out of the piece of the log that was read without copying, and an id that
 * is kept would keep all of that piece in memory.
 */
function detached(bytes: string): string {
  return bytes.length < 13 ? bytes : Buffer.from(bytes, 'latin1').toString('latin1')
}
