/** A line that no FIX message stands in: `event`, or why it can't be read. */
export type LogText =
  | { readonly kind: 'event'; readonly time: string | undefined }
  | { readonly kind: 'unreadable'; readonly error: string }

/** Time stamps that engines write: `20261121-03:57:18.519739000`, `2026/11/21 03:57:09.294688`, ISO 8601. */
const TIME =
  /[0-9]{4}[-/]?[0-9]{2}[-/]?[0-9]{2}[-T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,12})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?/
const TIME_OF_DAY = /(?<![0-9])[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?![0-9])/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what text never holds; SOH, tab and escape may be there
const BINARY = /[\x00\x02-\x08\x0e-\x1a\x1c-\x1f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: SOH is the separator of FIX
const FIELDS = /(?:^|[^0-9])[0-9]{1,5}=[^\x01|^]*[\x01|^]A?[0-9]{1,5}=/
/** Headers of screen logs, what stands in parentheses or indented below them, comments, rules, closing brackets. */
const FRAME = /^\s|^[<[(#*=}\])-]|^\/\//
/** What engines tell about a session in lines of their own. */
const EVENT_WORDS =
  /\b(?:session|log(?:ged|ging)? ?(?:on|in|off|out)|(?:dis|re)?connect\w*|resen[dt]\w*|heartbeat\w*|test ?request|sequence|seqnum|msgseqnum|gap|reset\w*|initiat\w*|accept\w*|socket|sen[dt]|sending|receiv\w*|incoming|outgoing|creat\w*|start\w*|stop\w*|clos\w*|open\w*|listen\w*|bind|event|events|timeout|timed out|error|warn\w*|info|debug|trace)\b/i

/** The time stamp in a text, as it stands there. */
export function timeStampIn(text: string): string | undefined {
  return TIME.exec(text)?.[0]
}

/** Whether bytes are no text. */
export function isBinary(bytes: string): boolean {
  return BINARY.test(bytes)
}

/**
 * What a line without a message is. Events of the engine (logon, resend, disconnect) are known by a time stamp, their
 * frame or their words, and are nothing to report; anything else is a line that should have been a message.
 */
export function classify(text: string): LogText {
  if (isBinary(text)) return { kind: 'unreadable', error: 'binary data, no FIX message' }
  if (FIELDS.test(text))
    return { kind: 'unreadable', error: 'FIX fields without the BeginString (8=FIX…) that begins a message' }
  const time = timeStampIn(text)
  if (time !== undefined || TIME_OF_DAY.test(text) || FRAME.test(text) || EVENT_WORDS.test(text)) {
    return { kind: 'event', time }
  }
  return { kind: 'unreadable', error: 'no FIX message: neither 8=FIX… nor an event of an engine' }
}
