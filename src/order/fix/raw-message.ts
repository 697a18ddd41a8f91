/** One field of a message as it stands in the log. */
export interface FixField {
  readonly tag: number
  /** The bytes of `tag=value`, one character a byte. */
  readonly bytes: string
  /** The bytes of the value. */
  readonly value: string
  /** The value holds the separator of the log, not as a data field: it was put together from several pieces. */
  readonly joined: boolean
}

/** A message as it was found in a log. */
export interface FixMessage {
  /** What stands between the fields: SOH, `|`, `^`, or what stands for SOH: `^A`, `<SOH>`, `\\x01`, `\\u0001`. */
  readonly separator: string
  /** In the order of the log; CheckSum is the last one, where there is any. */
  readonly fields: readonly FixField[]
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text that bytes write: UTF-8 where they are, Latin-1 otherwise. */
export function textOf(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII needs no decoding
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return bytes
  }
}
