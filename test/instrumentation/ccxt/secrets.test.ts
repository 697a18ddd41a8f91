import { describe, expect, it } from 'vitest'
import { redactSecrets } from '../../../src/instrumentation/ccxt/secrets.js'

const exchange = {
  apiKey: 'k3y/with+signs==',
  secret: '-----BEGIN KEY-----\nabc\n-----END KEY-----',
  uid: '1234567',
  walletAddress: '0xAbCdEf0123456789AbCdEf0123456789AbCdEf01',
  headers: { Authorization: 'Bearer tok-en' },
  options: { listenKey: 'session-key', spot: { listenKey: 'spot-key' }, defaultType: 'spot' },
}

describe('a text without secrets', () => {
  it.each([
    ['key k3y/with+signs== was refused', 'key … was refused'],
    ['k3y%2Fwith%2Bsigns%3D%3D', '…'],
    [JSON.stringify({ body: exchange.secret }), '{"body":"…"}'],
    ['account 1234567 is locked', 'account … is locked'],
    ['0xAbCdEf0123456789AbCdEf0123456789AbCdEf01 has no funds', '… has no funds'],
    ['said tok-en', 'said …'],
    ['session-key spot-key', '… …'],
    ['GET https://x/orders?a=b&c=d 400', 'GET https://x/orders 400'],
    ['wss://s/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1 closed', 'wss://s/ws/REDACTED closed'],
    ['https://user:pass@x/y', 'https://x/y'],
    ['apiKey=unknown&amount=5', 'apiKey=…&amount=5'],
    ['{"signature":"abc","price":"1"}', '{"signature":"…","price":"1"}'],
    ['Authorization: Bearer abc', 'Authorization: Bearer …'],
    ['Invalid API-key, IP, or permissions for action.', 'Invalid API-key, IP, or permissions for action.'],
    ['spot account has insufficient balance', 'spot account has insufficient balance'],
  ])('%s', (text, clean) => expect(redactSecrets(text, exchange)).toBe(clean))

  it('takes exchange objects that throw, and long texts, in time', () => {
    const odd = {
      get apiKey(): never {
        throw new Error('no')
      },
      headers: null,
      options: 5,
    }
    const start = performance.now()
    expect(redactSecrets(`${'token token '.repeat(100_000)}?${'?'.repeat(100_000)}`, odd).length).toBeLessThan(10_001)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
