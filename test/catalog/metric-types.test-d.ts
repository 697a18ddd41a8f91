import { expectTypeOf, test } from 'vitest'
import type { AttributeValueOf } from '../../src/catalog/attributes.js'
import type { MetricAttributesOf, MetricNameOf } from '../../src/catalog/metrics.js'
import type { EventName, SpanName } from '../../src/catalog/spans.js'
import type { CatalogInstruments } from '../../src/metrics/bind.js'

declare const instruments: CatalogInstruments

test('a metric of the catalog with its attributes compiles', () => {
  instruments.bind('trading.orders', {
    'trading.venue.name': 'binance',
    'trading.instrument.symbol': 'BTC/USDT',
    'trading.order.status': 'filled',
  })
  instruments.bind('trading.orders', {
    'trading.venue.name': 'binance',
    'trading.instrument.symbol': 'BTC/USDT',
    'trading.order.status': 'filled',
    'trading.order.side': undefined,
    'trading.strategy.name': 'pairs',
  })
})

test('an unknown metric does not', () => {
  // @ts-expect-error no metric of this name
  instruments.bind('trading.order', { 'trading.venue.name': 'binance' })
})

test('a missing required attribute does not', () => {
  // @ts-expect-error trading.order.status is required
  instruments.bind('trading.orders', { 'trading.venue.name': 'binance', 'trading.instrument.symbol': 'BTC/USDT' })
  // @ts-expect-error required means a value
  instruments.bind('trading.order.active', { 'trading.venue.name': 'binance', 'trading.order.status': undefined })
})

test('a value outside of its list does not', () => {
  instruments.bind('trading.order.active', {
    'trading.venue.name': 'binance',
    // @ts-expect-error FIX spells it with one l
    'trading.order.status': 'cancelled',
  })
  instruments.bind('orderscope.ring.size', {
    // @ts-expect-error there are two lanes
    'orderscope.lane': 'fast',
  })
})

test('an attribute that the metric has not does not', () => {
  instruments.bind('trading.order.active', {
    'trading.venue.name': 'binance',
    'trading.order.status': 'new',
    // @ts-expect-error an identifier is no label
    'trading.order.client_id': 'd-1',
  })
})

test('types derive from the data', () => {
  expectTypeOf<AttributeValueOf<'trading.order.side'>>().toEqualTypeOf<
    'buy' | 'sell' | 'sell_short' | 'sell_short_exempt' | 'cross' | 'undisclosed'
  >()
  expectTypeOf<AttributeValueOf<'trading.venue.name'>>().toEqualTypeOf<string>()
  expectTypeOf<AttributeValueOf<'thread.id'>>().toEqualTypeOf<number>()
  expectTypeOf<AttributeValueOf<'otel.metric.overflow'>>().toEqualTypeOf<boolean>()
  expectTypeOf<Exclude<MetricNameOf<'up_down_counter'>, `otel.sdk.${string}`>>().toEqualTypeOf<
    'trading.order.active' | 'trading.execution.volume' | 'trading.execution.notional' | 'trading.stream.connections'
  >()
  expectTypeOf<MetricAttributesOf<'orderscope.loop.age'>>().toEqualTypeOf<Readonly<Record<never, never>>>()
  expectTypeOf<'order' | 'order.fill'>().toExtend<SpanName>()
  expectTypeOf<'order.filled'>().not.toExtend<SpanName>()
  expectTypeOf<'trading.order.reopened'>().toExtend<EventName>()
  expectTypeOf<'trading.order.closed'>().not.toExtend<EventName>()
})
