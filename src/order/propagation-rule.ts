import { BlockList, isIP } from 'node:net'

/** Where a request goes, as far as it can be known before it is sent. */
export interface Destination {
  readonly host: string
  readonly port: number | undefined
}

/** Says whether trace context may go to a destination. */
export type PropagationRule = (destination: Destination) => boolean

interface Entry {
  readonly matchesHost: (host: string) => boolean
  readonly port: number | undefined
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
// connecting to the unspecified address reaches this machine
loopback.addAddress('0.0.0.0', 'ipv4')
loopback.addAddress('::', 'ipv6')

/**
 * Loopback and single-label host names (compose, Kubernetes). Private addresses aren't among them: a colocated
 * venue has one.
 */
export const defaultPropagationRule: PropagationRule = ({ host }) => {
  const name = normalizedHost(host)
  return isLoopback(name) || isSingleLabel(name)
}

/** A rule from `host[:port]`, `*.suffix[:port]`, `address[:port]`, `address/bits` or `*`; no entry: nowhere. */
export function createPropagationRule(entries: readonly string[]): PropagationRule {
  const parsed = entries.map(parseEntry)
  return ({ host, port }) => {
    const name = normalizedHost(host)
    return parsed.some(entry => (entry.port === undefined || entry.port === port) && entry.matchesHost(name))
  }
}

/** What is wrong with an entry of a rule; `undefined` when nothing is. */
export function propagationRuleMistake(entry: unknown): string | undefined {
  if (typeof entry !== 'string') return `${String(entry)} is not a string`
  try {
    parseEntry(entry)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function parseEntry(entry: string): Entry {
  const text = entry.trim().toLowerCase()
  if (text.includes('://')) throw new TypeError(`"${entry}" has a scheme; write host or host:port`)
  const subnet = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(text)
  if (subnet !== null) return { matchesHost: subnetMatcher(entry, subnet[1]!, Number(subnet[2])), port: undefined }
  const { host, port } = splitPort(entry, text)
  return { matchesHost: hostMatcher(entry, host), port }
}

function splitPort(entry: string, text: string): Destination {
  if (isIP(text) === 6) return { host: text, port: undefined }
  const match = /^(\[[0-9a-f.:]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[2] === undefined ? undefined : Number(match[2])
  if (match === null || (port !== undefined && (port === 0 || port > 65_535)))
    throw new TypeError(`"${entry}" is no host; write host, host:port, *.suffix or address/bits`)
  return { host: normalizedHost(match[1]!), port }
}

function hostMatcher(entry: string, host: string): (host: string) => boolean {
  if (host === '*') return () => true
  if (host === 'localhost') return isLoopback
  if (host.startsWith('*.')) {
    const suffix = host.slice(1)
    if (!isName(suffix.slice(1))) throw new TypeError(`"${entry}" is no host; write *.suffix such as *.desk.internal`)
    return name => name.endsWith(suffix) && name.length > suffix.length
  }
  if (isIP(host) === 0 && !isName(host))
    throw new TypeError(`"${entry}" is no host; write host, host:port, *.suffix or address/bits`)
  return name => name === host
}

function subnetMatcher(entry: string, address: string, bits: number): (host: string) => boolean {
  const version = isIP(address)
  if (version === 0 || bits > (version === 4 ? 32 : 128))
    throw new TypeError(`"${entry}" is no range of addresses; write one such as 10.1.0.0/16`)
  const range = new BlockList()
  range.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  return name => matchesAddress(range, name)
}

/** Lower case, without brackets, the root's dot, or the prefix of an IPv4 address that was mapped to IPv6. */
function normalizedHost(host: string): string {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (name === 'localhost.') return 'localhost'
  return name.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || matchesAddress(loopback, name)
}

function matchesAddress(range: BlockList, name: string): boolean {
  const version = isIP(name)
  return version !== 0 && range.check(name, version === 4 ? 'ipv4' : 'ipv6')
}

/** `134744072` and `0x8080808` are addresses to the resolver (8.8.8.8), and `ai.` is a whole domain. */
function isSingleLabel(name: string): boolean {
  return /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(name) && !/^(\d+|0x[0-9a-f]*)$/.test(name)
}

function isName(name: string): boolean {
  return name.length <= 253 && name.split('.').every(label => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
}
