import { describe, expect, it } from 'vitest'
import { acceptsGzip, negotiateFormat } from '../../../src/export/prometheus/accept.js'

describe('negotiateFormat', () => {
  it.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['APPLICATION/OpenMetrics-Text; VERSION=1.0.0', 'openmetrics'],
    ['application/openmetrics-text;version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=7.0.0', 'text'],
    ['application/openmetrics-text;version=0.0.1', 'openmetrics'],
    // Prometheus 2.42 and 3.5
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
    ['text/plain;q=0.9,application/openmetrics-text;q=0.1', 'text'],
    ['text/plain;q=0.5,application/openmetrics-text;q=0.5', 'openmetrics'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=0,*/*', 'text'],
    ['text/plain;q=0,*/*', 'openmetrics'],
    ['application/*', 'openmetrics'],
    // broken
    [',;,;q=,q=0.5;;,', 'text'],
    ['application/openmetrics-text;q=banana', 'text'],
    ['application/openmetrics-text;q=2', 'text'],
    ['(((((', 'text'],
    [`${'x/y,'.repeat(50_000)}application/openmetrics-text`, 'text'],
  ])('%s → %s', (accept, format) => {
    expect(negotiateFormat(accept).name).toBe(format)
  })
})

describe('acceptsGzip', () => {
  it.each([
    [undefined, false],
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['deflate, GZIP;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip;q=0.1, identity', false],
    ['*', false],
    [';;;', false],
  ])('%s → %s', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected)
  })
})
