import { expect, test } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { writeAttributes } from '../../src/channel/otlp-values.js'
import { decodeMessage } from '../../src/channel/protobuf-reader.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'

const TEXTS = ['', 'a', 'bench-12345', 'größer', '\u007f'.repeat(40), 'x'.repeat(130)]

/** What the bytes of `attributes` say. */
function written(attributes: Record<string, string>): unknown {
  const writer = new ProtobufWriter()
  writeAttributes(writer, 1, attributes)
  return decodeMessage(writer.bytes.slice(0, writer.length), otlpMessage('Resource'))
}

test('names and texts of every length come out as they went in, side by side', () => {
  const names = Array.from({ length: 140 }, (_, index) => `${'n'.repeat(index)}${index % 2 === 0 ? '.' : '\u007f'}`)
  for (const [index, text] of TEXTS.entries()) {
    const attributes = Object.fromEntries(
      names.map((name, at) => [name, at % 3 === 0 ? TEXTS[(index + at) % 6]! : text]),
    )
    expect(written(attributes)).toEqual({
      attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    })
  }
})

test('names that are not ASCII come out, too', () => {
  expect(written({ größe: '1', '': 'empty', 取引: 'x' })).toEqual({
    attributes: [
      { key: 'größe', value: { stringValue: '1' } },
      { key: '', value: { stringValue: 'empty' } },
      { key: '取引', value: { stringValue: 'x' } },
    ],
  })
})

test('an attribute that meets the end of the buffer at any place is whole', () => {
  const size = new ProtobufWriter().bytes.length
  for (let start = size - 64; start <= size; start++) {
    const writer = new ProtobufWriter()
    writer.length = start
    writeAttributes(writer, 1, { 'trading.order.id': '' })
    expect(decodeMessage(writer.bytes.slice(start, writer.length), otlpMessage('Resource'))).toEqual({
      attributes: [{ key: 'trading.order.id', value: { stringValue: '' } }],
    })
  }
})
