import { expect, it } from 'vitest'
import { AttachmentList } from '../../src/order/attachments.js'

it('holds what each key was given last, more keys than our own included', () => {
  const attachments = new AttachmentList()
  const keys = Array.from({ length: 7 }, (_, index) => Symbol(`key ${index}`))
  for (const key of keys) expect(attachments.get(key)).toBeUndefined()
  for (const [index, key] of keys.entries()) attachments.set(key, index)
  for (const [index, key] of keys.entries()) attachments.set(key, index * 10)
  expect(keys.map(key => attachments.get(key))).toEqual([0, 10, 20, 30, 40, 50, 60])
  attachments.set(keys[0]!, undefined)
  expect(attachments.get(keys[0]!)).toBeUndefined()
  expect(attachments.get(keys[1]!)).toBe(10)
})
