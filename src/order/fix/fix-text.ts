const decoder = new TextDecoder('utf-8', { fatal: true })

/** A value whose characters are bytes, as text: UTF-8 where it is, else as it stands (ISO 8859-1). */
export function decodeValue(value: string): string {
  let plain = true
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) > 0x7f) {
      plain = false
      break
    }
  }
  if (plain) return value
  try {
    return decoder.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
