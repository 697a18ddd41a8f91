import { readFileSync } from 'node:fs'
import { dirname, extname, relative, resolve } from 'node:path'
import { nodeOptions } from '../../telemetry/settings.js'
import type { Finding } from './finding.js'

const check = 'start of the bot'
const MAXIMUM_FILES = 2000

/** Something that matters for the order, where it stands. */
interface Event {
  readonly what: 'ccxt' | 'register' | 'startTelemetry'
  readonly file: string
  readonly line: number
}

/**
 * Whether ccxt is loaded before telemetry, as far as the sources of the bot tell: `entry` and what it imports by
 * relative paths, in the order in which Node runs them.
 */
export function checkEntry(entry: string, options = nodeOptions()): Finding {
  const preload = `node --import orderscope/register ${entry}`
  if (/(--import|--require|-r)[= ]\S*orderscope/.test(options)) {
    return { check, status: 'ok', text: 'NODE_OPTIONS preloads orderscope, before everything else' }
  }
  let events: Event[]
  try {
    events = new SourceOrder().read(resolve(entry))
  } catch (error) {
    return { check, status: 'wrong', text: `${entry} can't be read (${(error as NodeJS.ErrnoException).code})` }
  }
  const ccxt = events.findIndex(({ what }) => what === 'ccxt')
  const start = events.findIndex(({ what }) => what !== 'ccxt')
  if (start === -1) {
    const text = `${entry} doesn't start telemetry by itself, and NODE_OPTIONS doesn't preload it`
    return { check, status: 'note', text, cure: `start it so: ${preload}` }
  }
  if (ccxt === -1 || start < ccxt) {
    return {
      check,
      status: 'ok',
      text: `${place(events[start]!)} starts telemetry${ccxt === -1 ? '' : ' before ccxt is loaded'}`,
    }
  }
  return {
    check,
    status: 'wrong',
    text: `${place(events[ccxt]!)} loads ccxt before ${place(events[start]!)} starts telemetry: its orders are not seen`,
    cure: `start it so: ${preload}; or put import 'orderscope/register' before every other import`,
  }
}

function place({ file, line }: Event): string {
  const path = relative(process.cwd(), file)
  return `${path.startsWith('..') ? file : path}:${line}`
}

/** Static imports run before a module's own statements; `require` and calls in the order of the text. */
class SourceOrder {
  readonly #events: Event[] = []
  readonly #read = new Set<string>()

  read(file: string): Event[] {
    this.#module(file)
    return this.#events
  }

  #module(file: string): void {
    if (this.#read.has(file) || this.#read.size >= MAXIMUM_FILES) return
    this.#read.add(file)
    const source = withoutComments(readFileSync(file, 'utf8'))
    const imports = /(?:^|;)[ \t]*(?:import|export)\b(?!\s*type\b)(?:[^'"();]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
    for (const match of source.matchAll(imports)) this.#load(match[2]!, file, lineOf(source, match.index))
    const statements =
      /\brequire\(\s*(['"])([^'"\n]+)\1\s*\)|\bimport\(\s*(['"])([^'"\n]+)\3\s*\)|\bstartTelemetry\s*\(/g
    for (const match of source.matchAll(statements)) {
      const name = match[2] ?? match[4]
      const line = lineOf(source, match.index)
      if (name !== undefined) this.#load(name, file, line)
      else this.#events.push({ what: 'startTelemetry', file, line })
    }
  }

  #load(name: string, file: string, line: number): void {
    if (/^ccxt($|\/)/.test(name)) this.#events.push({ what: 'ccxt', file, line })
    else if (name === 'orderscope/register') this.#events.push({ what: 'register', file, line })
    else if (name.startsWith('.')) {
      const path = sourceOf(resolve(dirname(file), name))
      if (path !== undefined) this.#module(path)
    }
  }
}

/** TypeScript is imported by the name of what it is compiled to. */
function sourceOf(path: string): string | undefined {
  const extension = extname(path)
  const bare = /^\.[cm]?js$/.test(extension) ? path.slice(0, -extension.length) : path
  const others = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '/index.js', '/index.ts'].map(each => bare + each)
  return [path, ...others].find(isReadable)
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

/** Lines stay where they are; `//` in a text is taken for a comment when it follows a space, which no address has. */
function withoutComments(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ')
  return source.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/.*$/gm, blank)
}

function lineOf(source: string, index: number): number {
  // the match may begin with the line break before
  return source.slice(0, index).split('\n').length
}
