/**
 * Spans and log records travel in two lanes, a ring each, so that what auto-instrumentation produces
 * can't crowd the orders out.
 */
export const lanes = ['orders', 'other'] as const

/** `orders`: the order lifecycle and everything that failed; `other`: the rest. */
export type Lane = (typeof lanes)[number]

/** What a frame of a ring holds: one OTLP `Span` or `LogRecord` message, as protobuf, without tag and length. */
export const frameKinds = { span: 1, log: 2 } as const

export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]
