import type { AnomalyKind } from '../order/event.js'
import type { Order, Transition } from '../order/transition.js'
import type { CliIo } from './io.js'
import { describe, OrderStages } from './replay/order-stages.js'
import { type ReplayedFile, replayLog } from './replay/replayed-log.js'
import { UsageError } from './usage-error.js'
import { drawWaterfall, printable } from './waterfall.js'

/** Remarks on BodyLength and CheckSum that are told one by one. */
const MAXIMUM_REMARKS = 1000
const STAGES = Symbol('orderscope.replay.stages')
const USAGE = 'replay: write orderscope replay [--json] FILE, with the path of a FIX log'

/**
 * `orderscope replay [--json] FILE`: reads a FIX log and shows what each message did to its order and, at the end,
 * every order with its stages. Gives 0 whenever the file could be read, else 1.
 */
export async function runReplay(args: readonly string[], io: CliIo): Promise<number> {
  const { path, isJson } = readArguments(args)
  const output = new Output(io)
  const report = isJson ? new JsonReport(output) : new TextReport(output)
  let remarks = 0
  let file: ReplayedFile
  try {
    const log = replayLog(path)
    for (;;) {
      const next = await log.next()
      if (next.done === true) {
        file = next.value
        break
      }
      const item = next.value
      if (item.kind === 'remark') {
        remarks++
        if (remarks <= MAXIMUM_REMARKS) io.stderr.write(`orderscope replay: line ${item.line}: ${item.remark}\n`)
      } else if (item.kind === 'error') {
        report.error(item.line, item.error)
      } else if (item.kind === 'message') {
        report.message(item.line, item.type, item.transitions)
      } else if (item.kind === 'forgotten') {
        report.forgotten(item.transitions)
      } else {
        report.other()
      }
      await output.drained()
    }
  } catch (error) {
    io.stderr.write(`orderscope replay: ${path} can't be read: ${reasonOf(error as NodeJS.ErrnoException)}\n`)
    return 1
  }
  if (remarks > MAXIMUM_REMARKS) {
    io.stderr.write(`orderscope replay: ${remarks - MAXIMUM_REMARKS} more wrong BodyLengths or CheckSums\n`)
  }
  if (report.found === 0) {
    const sentence = file.hasNulls
      ? 'it looks like a binary file; unpack or decode it first'
      : file.bytes === 0
        ? 'it is empty'
        : 'a message begins with 8=FIX and has SOH, | or ^ between its fields'
    io.stderr.write(`orderscope replay: no FIX message in ${path}: ${sentence}\n`)
    if (file.hasNulls) report.error(1, `no FIX message: ${sentence}`)
  }
  report.end()
  await output.drained()
  return 0
}

function readArguments(args: readonly string[]): { path: string; isJson: boolean } {
  let path: string | undefined
  let isJson = false
  let onlyPaths = false
  for (const arg of args) {
    if (!onlyPaths && arg === '--') onlyPaths = true
    else if (!onlyPaths && arg === '--json') isJson = true
    else if (!onlyPaths && arg.startsWith('-')) throw new UsageError(`replay: ${arg} is no option; ${USAGE.slice(8)}`)
    else if (path !== undefined) throw new UsageError(`replay: one file at a time; "${arg}" is the second`)
    else path = arg
  }
  if (path === undefined) throw new UsageError(USAGE)
  return { path, isJson }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a directory; give the path of a log file'
    case 'EACCES':
      return 'permission denied'
    default:
      return error.message
  }
}

/** Writes, and waits where the other side reads more slowly than we write. */
class Output {
  readonly #stream: CliIo['stdout']
  #isFull = false

  constructor(io: CliIo) {
    this.#stream = io.stdout
  }

  line(text: string): void {
    if (this.#stream.write(`${text}\n`) === false) this.#isFull = true
  }

  async drained(): Promise<void> {
    if (!this.#isFull) return
    this.#isFull = false
    const { once } = this.#stream as { once?: (event: string, listener: () => void) => unknown }
    if (typeof once !== 'function') return
    await new Promise<void>(resolve => {
      once.call(this.#stream, 'drain', resolve)
      once.call(this.#stream, 'close', resolve)
    })
  }
}

/** How the replay is told. */
interface Report {
  /** Messages and errors so far. */
  readonly found: number
  message(line: number, type: string, transitions: readonly Transition[]): void
  other(): void
  error(line: number, error: string): void
  forgotten(transitions: readonly Transition[]): void
  end(): void
}

/** One object for each order message, each on a line. */
class JsonReport implements Report {
  readonly #output: Output
  found = 0

  constructor(output: Output) {
    this.#output = output
  }

  message(line: number, _type: string, transitions: readonly Transition[]): void {
    this.found++
    const order = transitions[transitions.length - 1]?.order
    this.#write({
      line,
      order: order?.rootId ?? null,
      clientId: order?.clientId ?? null,
      status: order?.status ?? null,
      cumulativeQuantity: order?.cumulativeQuantity ?? null,
      leavesQuantity: order?.leavesQuantity ?? null,
      averagePrice: averageOf(order),
      anomalies: transitions.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind)),
    })
  }

  other(): void {
    this.found++
  }

  error(line: number, error: string): void {
    this.found++
    this.#write({ line, error })
  }

  forgotten(): void {}

  end(): void {}

  #write(object: object): void {
    // JSON allows these two in a string, but many readers take them for the end of a line
    this.#output.line(JSON.stringify(object).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'))
  }
}

/** FIX says 0 where nothing has been executed. */
function averageOf(order: Order | undefined): string | null {
  if (order === undefined) return null
  return order.cumulativeQuantity === '0' ? '0' : (order.averagePrice ?? null)
}

/** For people: what each message did, then every order, then what was odd. */
class TextReport implements Report {
  readonly #output: Output
  readonly #orders = new Set<Order>()
  readonly #anomalies = new Map<AnomalyKind, number>()
  #messages = 0
  #others = 0
  #errors = 0
  #ended = 0

  constructor(output: Output) {
    this.#output = output
  }

  get found(): number {
    return this.#messages + this.#others + this.#errors
  }

  message(line: number, type: string, transitions: readonly Transition[]): void {
    this.#messages++
    const words: string[] = []
    for (const transition of transitions) {
      this.#follow(transition)
      const what = describe(transition)
      if (what !== '') words.push(what)
    }
    const last = transitions[transitions.length - 1]
    const order = last?.order
    const what = words.length === 0 ? '' : `  ${words.join(', ')}`
    const figures =
      order === undefined
        ? 'no order'
        : `${order.rootId.padEnd(12)} ${order.status.padEnd(16)} ${order.cumulativeQuantity} done, ${order.leavesQuantity ?? '?'} open`
    this.#output.line(printable(`${String(line).padStart(7)}  ${(messageNames.get(type) ?? `35=${type}`).padEnd(16)} ${figures}${what}`))
    for (const { anomalies } of transitions) {
      for (const { kind, message } of anomalies) this.#output.line(`         ⚠ ${kind}: ${printable(message)}`)
    }
  }

  other(): void {
    this.#others++
  }

  error(line: number, error: string): void {
    this.#errors++
    this.#output.line(`${String(line).padStart(7)}  ✗ ${printable(error)}`)
  }

  /** What has to go for want of room is shown at once. */
  forgotten(transitions: readonly Transition[]): void {
    for (const transition of transitions) {
      this.#follow(transition)
      if (transition.order !== undefined && this.#orders.delete(transition.order)) this.#draw(transition.order)
    }
  }

  end(): void {
    for (const order of this.#orders) this.#draw(order)
    this.#output.line('')
    const counts = [
      `${this.#messages} order messages`,
      `${this.#ended} orders`,
      `${this.#others} other messages`,
      `${this.#errors} unreadable`,
    ]
    this.#output.line(counts.join(' · '))
    if (this.#anomalies.size === 0) {
      this.#output.line('no anomalies')
      return
    }
    this.#output.line('anomalies')
    for (const [kind, count] of [...this.#anomalies].sort((left, right) => right[1] - left[1])) {
      this.#output.line(`  ${String(count).padStart(6)}  ${kind}`)
    }
  }

  #follow(transition: Transition): void {
    const { order } = transition
    for (const { kind } of transition.anomalies) this.#anomalies.set(kind, (this.#anomalies.get(kind) ?? 0) + 1)
    if (order === undefined) return
    let stages = order.attachments.get(STAGES) as OrderStages | undefined
    if (stages === undefined) {
      if (!transition.effects.some(effect => effect.kind === 'created')) return
      stages = new OrderStages()
      order.attachments.set(STAGES, stages)
      this.#orders.add(order)
    }
    stages.take(transition)
  }

  #draw(order: Order): void {
    const stages = order.attachments.get(STAGES) as OrderStages | undefined
    if (stages === undefined) return
    this.#ended++
    this.#output.line('')
    for (const line of drawWaterfall(stages.waterfall(order))) this.#output.line(line)
  }
}

const messageNames: ReadonlyMap<string, string> = new Map([
  ['D', 'new order'],
  ['F', 'cancel request'],
  ['G', 'replace request'],
  ['H', 'status request'],
  ['8', 'execution report'],
  ['9', 'cancel reject'],
  ['3', 'session reject'],
  ['j', 'business reject'],
])
