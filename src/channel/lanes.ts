/** Spans and log records travel in two lanes, so that what auto-instrumentation produces can't crowd the orders out. */
export const lanes = ['orders', 'other'] as const

/** `orders`: the order lifecycle and everything that failed; `other`: the rest. */
export type Lane = (typeof lanes)[number]

/** What a frame of a ring holds: one OTLP `Span` or `LogRecord` message, as protobuf, without tag and length. */
export const frameKinds = { span: 1, log: 2 } as const

export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

/** A lane has a ring for each signal, so that a collector that takes no logs can't hold up the spans. */
export const rings = [
  { name: 'orders_spans', lane: 'orders', kind: frameKinds.span },
  { name: 'orders_logs', lane: 'orders', kind: frameKinds.log },
  { name: 'other_spans', lane: 'other', kind: frameKinds.span },
  { name: 'other_logs', lane: 'other', kind: frameKinds.log },
] as const satisfies readonly { readonly name: string; readonly lane: Lane; readonly kind: FrameKind }[]

export type RingName = (typeof rings)[number]['name']

/** The shared memory of a writer's rings. */
export type RingMemory = Readonly<Record<RingName, SharedArrayBuffer>>
