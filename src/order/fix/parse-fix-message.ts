import { MESSAGE_START, parseMessage } from './message-parser.js'
import { textOf } from './raw-message.js'
import { trailerProblems } from './trailer-check.js'

/** A FIX message read from text. */
export interface FixMessage {
  /** Tag and value in their order; {@link toOrderEvents} takes them as they are. */
  readonly fields: readonly (readonly [tag: number, value: string])[]
  /** What is wrong with BodyLength (9) or CheckSum (10): told, and otherwise tolerated. */
  readonly remarks: readonly string[]
}

/**
 * Reads the first FIX message of a text or of bytes: `tag=value` with SOH, `|` or `^` between. Data fields (RawData,
 * EncodedText, …) are read by their length and may hold separators and line feeds.
 *
 * @throws {SyntaxError} where there is no message, or it is cut off.
 * @example
 * const { fields } = parseFixMessage('8=FIX.4.4|9=36|35=8|11=a-1|37=o-1|150=0|39=0|10=229|')
 * for (const event of toOrderEvents(fields)) orders.apply(event)
 */
export function parseFixMessage(message: string | Uint8Array): FixMessage {
  const bytes = Buffer.from(message as string).toString('latin1')
  const start = bytes.search(MESSAGE_START)
  if (start < 0) throw new SyntaxError('no FIX message: it must begin with BeginString, such as 8=FIX.4.4')
  const parsed = parseMessage(bytes, start, true)
  if (parsed.kind !== 'message') {
    throw new SyntaxError(parsed.kind === 'unreadable' ? parsed.error : 'the message is cut off')
  }
  return {
    fields: parsed.message.fields.map(({ tag, value }) => [tag, textOf(value)] as const),
    remarks: trailerProblems(parsed.message),
  }
}
