/** Who emits what: the spans by which a service takes part in the trace of every order. */
export const EMITTED: Readonly<Record<string, readonly string[]>> = {
  'market-data': ['tick'],
  signals: ['signal'],
  risk: ['order.risk_check'],
  execution: ['order', 'order.submit'],
}

/** Who calls whom, from tick to order. A domain that is added to the desk adds its line here. */
export const CALLS: readonly (readonly [from: string, to: string])[] = [
  ['market-data', 'signals'],
  ['signals', 'risk'],
  ['risk', 'execution'],
]
