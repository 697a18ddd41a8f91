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
  return kinds.find(([start]) => firstBytes.startsWith(start))?.[1]
}
