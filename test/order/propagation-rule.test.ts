import { describe, expect, it } from 'vitest'
import {
  createPropagationRule,
  defaultPropagationRule,
  propagationRuleMistake,
} from '../../src/order/propagation-rule.js'

const to = (host: string, port?: number) => ({ host, port })

describe('the default rule', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    'risk',
    'market-data',
    'svc_1',
  ])('lets the trace go to %s', host => {
    expect(defaultPropagationRule(to(host, 8080))).toBe(true)
  })

  it.each([
    'api.binance.com',
    '8.8.8.8',
    '10.0.0.7',
    '192.168.1.4',
    '172.16.3.4',
    'fe80::1',
    'fd00::7',
    '134744072',
    '0x8080808',
    'ai.',
    '',
    '-',
    'localhost.evil.com',
    '127.0.0.1.nip.io',
    '::ffff:10.0.0.1',
    'bücher',
  ])('keeps it from %s', host => {
    expect(defaultPropagationRule(to(host, 443))).toBe(false)
  })
})

describe('a rule from the setting', () => {
  it.each([
    [['risk.desk.internal'], 'risk.desk.internal', 1, true],
    [['risk.desk.internal'], 'RISK.desk.internal', 1, true],
    [['risk.desk.internal'], 'risk2.desk.internal', 1, false],
    [['risk.desk.internal:8080'], 'risk.desk.internal', 8080, true],
    [['risk.desk.internal:8080'], 'risk.desk.internal', 8081, false],
    [['*.desk.internal'], 'a.b.desk.internal', 1, true],
    [['*.desk.internal'], 'desk.internal', 1, false],
    [['*.desk.internal'], 'evildesk.internal', 1, false],
    [['*.desk.internal:9000'], 'a.desk.internal', 9001, false],
    [['10.1.2.3'], '10.1.2.3', 1, true],
    [['10.1.2.3:80'], '10.1.2.3', 81, false],
    [['10.1.0.0/16'], '10.1.200.3', 1, true],
    [['10.1.0.0/16'], '10.2.0.1', 1, false],
    [['10.1.0.0/16'], 'ten.one', 1, false],
    [['fd00::/8'], '[fd12::1]', 1, true],
    [['[::1]:80'], '::1', 80, true],
    [['fd00::7'], 'fd00::7', 443, true],
    [['localhost'], '127.0.0.1', 1, true],
    [['localhost:9000'], '::1', 9001, false],
    [['*'], 'api.binance.com', 443, true],
    [[], 'localhost', 1, false],
    [['risk'], 'localhost', 1, false],
  ] as const)('%j, %s:%d → %s', (entries, host, port, allowed) => {
    expect(createPropagationRule(entries)(to(host, port))).toBe(allowed)
  })

  it.each([
    'http://risk:80',
    'risk:0',
    'risk:99999',
    'a b',
    '*.',
    '10.0.0.0/33',
    'desk/8',
    '',
    '*.desk.*',
    'risk:http',
  ])('says what is wrong with "%s"', entry => {
    expect(propagationRuleMistake(entry)).toMatch(/write/)
  })
})
