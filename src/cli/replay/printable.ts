/** Ids and texts of a log may hold what would move the cursor of a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, '·')
}
