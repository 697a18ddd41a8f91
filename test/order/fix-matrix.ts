import type { MatrixScenario } from './fix-scenarios.js'

/** One row of a matrix, read. */
export interface MatrixRow {
  readonly time: number
  readonly from: 'client' | 'broker' | 'nobody'
  readonly what: string
  /** OrdStatus, of reports. */
  readonly status: string | undefined
  readonly clientId: string | undefined
  readonly originalClientId: string | undefined
  /** What the row gives, by the names of the table. */
  readonly facts: ReadonlyMap<string, string>
}

/** A message that a row stands for. */
export interface MatrixMessage {
  readonly row: MatrixRow
  readonly fields: Map<number, string>
}

const execTypes: Readonly<Record<string, string>> = {
  New: '0',
  Trade: 'F',
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  PendingReplace: 'E',
  Restated: 'D',
  TradeCorrect: 'G',
  TradeCancel: 'H',
  OrderStatus: 'I',
  Triggered: 'L',
}

const orderStatuses: Readonly<Record<string, string>> = {
  New: '0',
  PartiallyFilled: '1',
  Filled: '2',
  DoneForDay: '3',
  Canceled: '4',
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  PendingNew: 'A',
  PendingReplace: 'E',
}

const codes: Readonly<Record<string, readonly [tag: number, code: string]>> = {
  'timeInForce FOK': [59, '4'],
  'timeInForce IOC': [59, '3'],
  'ordType Stop': [40, '3'],
  'possResend Y': [97, 'Y'],
  'cxlRejReason TooLateToCancel': [102, '0'],
  'cxlRejReason UnknownOrder': [102, '1'],
  'cxlRejReason AlreadyPending': [102, '3'],
  'ordRejReason UnknownOrder': [103, '5'],
  'ordRejReason DuplicateOrder': [103, '6'],
  'ordRejReason DuplicateOfVerbalOrder': [103, '7'],
  'execRestatementReason GTRenewalRestatement': [378, '1'],
  'execRestatementReason VerbalChange': [378, '2'],
  'execRestatementReason PartialDeclineOfOrderQty': [378, '5'],
  'execRestatementReason CanceledNotBest': [378, '9'],
  'execInst CancelIfNotBest': [18, 'Z'],
  'execInst ReinstateOnTradingHalt': [18, 'H'],
}

const tags: Readonly<Record<string, number>> = {
  q: 38,
  c: 14,
  l: 151,
  a: 6,
  last: 32,
  at: 31,
  id: 17,
  ref: 19,
  cashOrderQty: 152,
  currency: 15,
  price: 44,
  workingIndicator: 636,
  text: 58,
  orderId: 37,
}

export function rowsOf(scenario: MatrixScenario): MatrixRow[] {
  return scenario.rows
    .trim()
    .split('\n')
    .map(line => {
      const [time, direction, what, ids = '-', ...facts] = line.trim().split(' ')
      const [type, status] = what!.split('/')
      const [clientId, originalClientId] = ids.split('<')
      return {
        time: Number(time),
        from: direction === '>' ? 'client' : direction === '<' ? 'broker' : 'nobody',
        what: type!,
        status,
        clientId: clientId === '-' ? undefined : clientId,
        originalClientId,
        facts: new Map(facts.map(fact => fact.split('=') as [string, string])),
      }
    })
}

/** The messages of a matrix, as FIX fields: what isn't printed is left out. */
export function messagesOf(scenario: MatrixScenario): MatrixMessage[] {
  const orderIds = new Map<string, string>()
  const sequences = { client: 0, broker: 0, nobody: 0 }
  const isGoodTillCanceled = scenario.title.includes('GTC')
  let executions = 0
  let orders = 0
  const messages: MatrixMessage[] = []
  for (const row of rowsOf(scenario)) {
    if (row.from === 'nobody') continue
    const fields = new Map<number, string>()
    const put = (tag: number, value: string | undefined): void => {
      if (value !== undefined) fields.set(tag, value)
    }
    const root = row.originalClientId ?? row.clientId ?? '-'
    let orderId = orderIds.get(root)
    if (orderId === undefined) {
      orderId = `O-${++orders}`
      orderIds.set(root, orderId)
    }
    if (row.clientId !== undefined) orderIds.set(row.clientId, orderId)
    const isReport = row.from === 'broker'
    put(35, messageType(row))
    put(34, String(++sequences[row.from]))
    put(49, isReport ? 'BROKER' : 'CLIENT')
    put(56, isReport ? 'CLIENT' : 'BROKER')
    put(60, `20261121-09:30:${String(messages.length).padStart(2, '0')}.000`)
    put(11, row.clientId)
    put(41, row.originalClientId)
    if (row.what !== 'StatusRequest') {
      put(55, 'XYZ')
      put(54, '1')
    }
    if (row.what === 'NewOrder') {
      put(40, '2')
      put(59, isGoodTillCanceled ? '1' : undefined)
    }
    if (isReport) {
      put(37, orderId)
      put(39, orderStatuses[row.status!])
      if (row.what === 'CancelReject') {
        put(434, messages.some(({ fields }) => fields.get(35) === 'F' && fields.get(11) === row.clientId) ? '1' : '2')
      } else {
        put(150, execTypes[row.what])
        put(17, `x-${++executions}`)
      }
    }
    for (const [name, value] of row.facts) {
      const code = codes[`${name} ${value}`]
      if (code !== undefined) fields.set(...code)
      else if (tags[name] !== undefined) fields.set(tags[name], value)
      else throw new Error(`${scenario.id}: no FIX tag for ${name}=${value}`)
    }
    messages.push({ row, fields })
  }
  return messages
}

/** The same messages with what the venue reckons left out, but where nobody else could know it. */
export function withholdFigures(messages: readonly MatrixMessage[]): MatrixMessage[] {
  const seen = new Set<string>()
  return messages.map(({ row, fields }) => {
    if (row.from !== 'broker') return { row, fields }
    const orderId = fields.get(37)!
    const isFirst = !seen.has(orderId)
    seen.add(orderId)
    if (isFirst || row.what === 'OrderStatus' || row.what === 'Restated') return { row, fields }
    const kept = new Map(fields)
    for (const tag of [39, 14, 151, 6]) kept.delete(tag)
    return { row, fields: kept }
  })
}

/**
 * The same messages in the words of FIX 4.2: ExecType 1 and 2 for fills, ExecTransType for corrections, busts and
 * answers. Answers carry ExecID 0 and, like a cancel, may repeat the quantity of the last fill.
 */
export function asFix42(messages: readonly MatrixMessage[]): MatrixMessage[] {
  let lastFill = '0'
  return messages.map(({ row, fields }) => {
    const execType = fields.get(150)
    if (execType === undefined) return { row, fields }
    const told = new Map(fields)
    told.set(20, '0')
    const fill = fields.get(39) === '2' ? '2' : '1'
    switch (execType) {
      case 'F':
        told.set(150, fill)
        lastFill = fields.get(32) ?? '0'
        break
      case 'G':
        told.set(150, fill).set(20, '2')
        break
      case 'H':
        told.set(150, fill).set(20, '1')
        break
      case 'I':
        told
          .set(150, fields.get(39) ?? '0')
          .set(20, '3')
          .set(17, '0')
          .set(32, lastFill)
        break
      case '4':
        told.set(32, lastFill)
        break
      case 'L':
        told.set(150, '0')
        break
    }
    return { row, fields: told }
  })
}

function messageType(row: MatrixRow): string {
  switch (row.what) {
    case 'NewOrder':
      return 'D'
    case 'CancelRequest':
      return 'F'
    case 'ReplaceRequest':
      return 'G'
    case 'StatusRequest':
      return 'H'
    case 'CancelReject':
      return '9'
    default:
      return '8'
  }
}
