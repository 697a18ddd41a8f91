/** What stands where a secret may have been. */
const REDACTED = 'REDACTED'

/**
 * The address of a call to a venue, without its secrets: signatures and keys travel in query strings, listen keys and
 * wallets in paths.
 */
export function redactAddress(address: string): string {
  const query = address.search(/[?#]/)
  const whole = query < 0 ? address : address.slice(0, query)
  const start = /^[a-z][a-z0-9+.-]*:\/\//i.exec(whole)?.[0].length ?? 0
  const [host = '', ...path] = whole.slice(start).split('/')
  // user:password@host
  const place = host.slice(host.lastIndexOf('@') + 1)
  const clean = `${whole.slice(0, start)}${[place, ...path.map(part => (isSecret(part) ? REDACTED : part))].join('/')}`
  return query < 0 ? clean : `${clean}?${REDACTED}`
}

/** The same for every address in a text; there, what a query was says nothing. */
export function redactAddresses(text: string): string {
  return text.replace(/\b(?:https?|wss?):\/\/[^\s"'<>?]+/gi, redactAddress).replace(/\?[^\s"]*/g, '')
}

/** Long and with digits: a key, a token or a wallet; methods and symbols are words. */
function isSecret(part: string): boolean {
  return part.length >= 16 && /\d/.test(part)
}
