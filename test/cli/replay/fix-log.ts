const SOH = '\u0001'

/** Fields of a message: pairs in their order; `value` as bytes, one character each. */
export type Fields = readonly (readonly [tag: number, value: string | number])[]

/** What may be wrong with a message. */
export interface Framing {
  readonly bodyLength?: string | number
  readonly checkSum?: string
  readonly beginString?: string
}

/** A whole FIX message with SOH, its BodyLength and CheckSum right unless told otherwise. */
export function fix(fields: Fields, { bodyLength, checkSum, beginString = 'FIX.4.4' }: Framing = {}): string {
  const body = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('')
  const head = `8=${beginString}${SOH}9=${bodyLength ?? body.length}${SOH}${body}`
  let sum = 0
  for (const character of head) sum += character.charCodeAt(0)
  return `${head}10=${checkSum ?? String(sum % 256).padStart(3, '0')}${SOH}`
}

/** The same message as a log shows it. */
export function shown(message: string, separator: string): string {
  return message.replaceAll(SOH, separator)
}

const HEADER_OUT: Fields = [
  [49, 'DESK'],
  [56, 'VENUE'],
]
const HEADER_IN: Fields = [
  [49, 'VENUE'],
  [56, 'DESK'],
]

/** SendingTime so many milliseconds after 10:00. */
export function at(milliseconds: number): string {
  return new Date(Date.UTC(2026, 10, 21, 10) + milliseconds)
    .toISOString()
    .replace('T', '-')
    .replaceAll(/(\d{4})-(\d{2})-(\d{2})-/g, '$1$2$3-')
    .replace('Z', '')
}

/** A message of the desk (D, F, G, H, 0, …) at a time, with more fields. */
export function out(type: string, milliseconds: number, fields: Fields, framing?: Framing): string {
  return fix([[35, type], ...HEADER_OUT, [34, milliseconds + 1], [52, at(milliseconds)], ...fields], framing)
}

/** A message of the venue (8, 9, 3, j, …) at a time, with more fields. */
export function venue(type: string, milliseconds: number, fields: Fields, framing?: Framing): string {
  return fix([[35, type], ...HEADER_IN, [34, milliseconds + 1], [52, at(milliseconds)], ...fields], framing)
}

/** NewOrderSingle: buy `quantity` at 10. */
export function newOrder(clientId: string, quantity: string | number, milliseconds = 0): string {
  return out('D', milliseconds, [
    [11, clientId],
    [55, 'ACME'],
    [54, 1],
    [38, quantity],
    [40, 2],
    [44, 10],
    [60, at(milliseconds)],
  ])
}

/** ExecutionReport of the venue's order `v-<clientId>`. */
export function report(
  clientId: string,
  { type, status, quantity, cumulative, last, price = 10, id, more = [] }: Report,
  milliseconds: number,
  framing?: Framing,
): string {
  const leaves = status === '4' || status === '8' || status === 'C' ? 0 : quantity - cumulative
  return venue(
    '8',
    milliseconds,
    [
      [37, `v-${clientId}`],
      [11, clientId],
      [17, id],
      [150, type],
      [39, status],
      [55, 'ACME'],
      [54, 1],
      [38, quantity],
      ...(last === undefined
        ? []
        : ([
            [32, last],
            [31, price],
          ] as const)),
      [151, leaves],
      [14, cumulative],
      [6, cumulative === 0 ? 0 : price],
      [60, at(milliseconds)],
      ...more,
    ],
    framing,
  )
}

interface Report {
  readonly type: string
  readonly status: string
  readonly quantity: number
  readonly cumulative: number
  readonly last?: number
  readonly price?: number
  readonly id: string
  readonly more?: Fields
}
