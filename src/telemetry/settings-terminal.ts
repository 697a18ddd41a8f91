/** What a person's terminal can show, by the variables that terminals and shells set. */
export interface TerminalSettings {
  /** It knows no cursor: an editor's shell, a log of a CI. */
  readonly isDumb: boolean
  /** Its character set isn't UTF-8 (https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02). */
  readonly isAscii: boolean
}

export function readTerminalSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TerminalSettings {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  return { isDumb: environment.TERM === 'dumb', isAscii: locale !== '' && !/utf-?8/i.test(locale) }
}
