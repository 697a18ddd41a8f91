import { venueBuckets } from './buckets.js'
import type { MetricDefinition } from './metric-definition.js'
import { place } from './place.js'

const errorNote = "`error.type` is one of ccxt's classes of errors, or `other`; the text is never a label."

/** A venue's API and connections: what is asked of it, and whether one is connected. */
export const venueMetrics = {
  'trading.venue.request.duration': {
    kind: 'histogram',
    unit: 's',
    brief: "Requests to a venue's API, each attempt once, from sending to the whole answer.",
    note: `Without the wait for the client's own rate limiter. A failed request carries \`error.type\`. ${errorNote}`,
    buckets: venueBuckets,
    attributes: { ...place, 'trading.venue.operation': 'required', 'error.type': 'recommended' },
  },
  'trading.venue.request.retries': {
    kind: 'counter',
    unit: '{request}',
    brief: 'Requests that the client sent again by itself after a failure.',
    integer: true,
    attributes: { ...place, 'trading.venue.operation': 'required' },
  },
  'trading.venue.errors': {
    kind: 'counter',
    unit: '{error}',
    brief: "Errors that the application got from a venue's client, each once.",
    note: `Also those that no request was sent for, and a lost connection once, however many calls it ended; what a retry mended isn't in it, nor is a connection that the application closed. ${errorNote}`,
    integer: true,
    attributes: { ...place, 'trading.venue.operation': 'required', 'error.type': 'required' },
  },
  'trading.venue.throttle.duration': {
    kind: 'histogram',
    unit: 's',
    brief: "Time that a request waited for the client's own rate limiter before it was sent.",
    buckets: venueBuckets,
    attributes: place,
  },
  'trading.venue.rate_limit.utilization': {
    kind: 'gauge',
    unit: '1',
    brief: 'Share of a rate limit that is used up, from 0 to 1; 0 when its time has passed.',
    attributes: { ...place, 'trading.venue.rate_limit.name': 'required', 'trading.venue.operation': 'recommended' },
  },
  'trading.venue.rate_limit.usage': {
    kind: 'gauge',
    unit: '{request}',
    brief: 'What is used of a rate limit, weighed as the venue weighs it; 0 when its time has passed.',
    attributes: { ...place, 'trading.venue.rate_limit.name': 'required', 'trading.venue.operation': 'recommended' },
  },
  'trading.venue.rate_limit.limit': {
    kind: 'gauge',
    unit: '{request}',
    brief: 'A rate limit, as the venue tells it.',
    attributes: { ...place, 'trading.venue.rate_limit.name': 'required', 'trading.venue.operation': 'recommended' },
  },
  'trading.venue.bans': {
    kind: 'counter',
    unit: '{answer}',
    brief: 'Answers by which a venue turned a request away for the rate of requests.',
    integer: true,
    attributes: { ...place, 'trading.venue.ban.kind': 'required' },
  },
  'trading.stream.connections': {
    kind: 'up_down_counter',
    unit: '{connection}',
    brief: 'Streaming connections that are open.',
    integer: true,
    attributes: place,
  },
  'trading.stream.connects': {
    kind: 'counter',
    unit: '{connection}',
    brief: 'Streaming connections that were established, those after a loss among them.',
    integer: true,
    attributes: place,
  },
  'trading.stream.reconnects': {
    kind: 'counter',
    unit: '{connection}',
    brief: 'Streaming connections that were established in place of a lost one.',
    integer: true,
    attributes: place,
  },
  'trading.stream.disconnects': {
    kind: 'counter',
    unit: '{connection}',
    brief: 'Streaming connections that were lost; closing one is no loss.',
    note: errorNote,
    integer: true,
    attributes: { ...place, 'error.type': 'required' },
  },
  'trading.stream.connect.failures': {
    kind: 'counter',
    unit: '{connection}',
    brief: 'Streaming connections that could not be established.',
    note: errorNote,
    integer: true,
    attributes: { ...place, 'error.type': 'required' },
  },
  'trading.stream.messages': {
    kind: 'counter',
    unit: '{message}',
    brief: 'Messages on streaming connections, heartbeats and answers among them.',
    integer: true,
    attributes: place,
  },
  'trading.stream.staleness': {
    kind: 'gauge',
    unit: 's',
    brief: 'Time since the last message of any kind on any open streaming connection of the venue.',
    note: 'A socket may be alive and its data dead: for that, read `trading.market_data.staleness`.',
    attributes: place,
  },
} as const satisfies Record<string, MetricDefinition>
