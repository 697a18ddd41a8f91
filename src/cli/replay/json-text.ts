/** A string, or a number with a name before it when it is a time; `u` texts outside ASCII are fine. */
const TOKENS =
  /"(?:time|venueTime|timestamp)"\s*:\s*-?[0-9]+(?:\.[0-9]+)?|"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/g
/** Fewer digits than these a double holds exactly. */
const LONG_NUMBER = /[0-9.]{16}/

/**
 * What JSON says, with long numbers as strings: `98765432109876543.21` and ids of 19 digits would change as doubles.
 * Times stay numbers.
 *
 * @throws {SyntaxError} where it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  // what isn't JSON must not become JSON by quotes
  const value: unknown = JSON.parse(text)
  const exact = text.replaceAll(TOKENS, token => (isLongNumber(token) ? `"${token}"` : token))
  return exact === text ? value : JSON.parse(exact)
}

function isLongNumber(token: string): boolean {
  return token.length > 15 && /^-?[0-9]/.test(token) && token.replaceAll(/[eE].*|[-.]/g, '').length > 15
}
