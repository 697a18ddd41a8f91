/** Files that hold no plain text, by their first bytes (one character a byte), and what to do about it. */
const kinds: readonly (readonly [start: string, advice: string])[] = [
  ['\u001f\u008b', 'it is compressed: gunzip it first'],
  ['\u0028\u00b5\u002f\u00fd', 'it is compressed: unzstd it first'],
  ['BZh', 'it is compressed: bunzip2 it first'],
  ['\u00fd7zXZ', 'it is compressed: unxz it first'],
  ['PK\u0003\u0004', 'it is an archive: unzip it first'],
  ['\u00ff\u00fe', 'it is UTF-16: convert it with iconv -f UTF-16 -t UTF-8'],
  ['\u00fe\u00ff', 'it is UTF-16: convert it with iconv -f UTF-16 -t UTF-8'],
]

/** What a file without messages is, where its first bytes say so. */
export function adviceFor(firstBytes: string): string | undefined {
  if (textKindOf(firstBytes) === 'array') return "it is a JSON array: write one event a line, as jq -c '.[]' does"
  return kinds.find(([start]) => firstBytes.startsWith(start))?.[1]
}

/** A first line with a type before any FIX message. */
const EVENT = /^\s*\{(?:(?!8=FIX)[^\n])*"type"\s*:\s*"[a-z_]+"/
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'

/** What a text is by how it begins: NDJSON of order events, a JSON array, else a log with FIX messages in it. */
export function textKindOf(firstBytes: string): 'fix' | 'ndjson' | 'array' {
  const text = firstBytes.startsWith(BYTE_ORDER_MARK) ? firstBytes.slice(BYTE_ORDER_MARK.length) : firstBytes
  const [, first] = /^\s*([{[])\s*(?:["{}\]]|$)/.exec(text) ?? []
  if (first === undefined) return 'fix'
  // loggers write JSON around messages, and an event may hold the text of one
  if (text.includes('8=FIX') && !EVENT.test(text)) return 'fix'
  return first === '{' ? 'ndjson' : 'array'
}
