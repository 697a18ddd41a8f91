/** Two columns wide in a terminal (https://www.unicode.org/reports/tr11/), as far as names are written in it. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
/** Marks above and below other characters. */
const NONE = /^(?:\p{M}|\p{Cf})$/u
/** What a venue or an environment sends must not steer the terminal. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

const ASCII: Readonly<Record<string, string>> = {
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '%',
  '█': '#',
  '▏': '-',
  '▎': '-',
  '▍': '-',
  '▌': '=',
  '▋': '=',
  '▊': '=',
  '▉': '#',
  '●': '*',
  '■': '#',
  '·': '-',
  '→': '>',
  '–': '-',
  µ: 'u',
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** As much of a text as goes into `columns`, without what would steer the terminal. */
export function cutToWidth(text: string, columns: number): string {
  let left = columns
  let cut = ''
  for (const character of text.replace(CONTROL, '')) {
    left -= columnsOf(character)
    if (left < 0) break
    cut += character
  }
  return cut
}

/** For a terminal that shows nothing else. */
export function asciiOf(text: string): string {
  return Array.from(text, character => ASCII[character] ?? (character < '\u007f' ? character : '?')).join('')
}

function columnsOf(character: string): number {
  if (character <= '~') return 1
  return WIDE.test(character) ? 2 : NONE.test(character) ? 0 : 1
}
