/** MsgType (35): session messages and those of orders. */
const names: ReadonlyMap<string, string> = new Map([
  ['0', 'Heartbeat'],
  ['1', 'TestRequest'],
  ['2', 'ResendRequest'],
  ['3', 'Reject'],
  ['4', 'SequenceReset'],
  ['5', 'Logout'],
  ['A', 'Logon'],
  ['8', 'ExecutionReport'],
  ['9', 'OrderCancelReject'],
  ['D', 'NewOrderSingle'],
  ['F', 'OrderCancelRequest'],
  ['G', 'OrderCancelReplaceRequest'],
  ['H', 'OrderStatusRequest'],
  ['j', 'BusinessMessageReject'],
  ['q', 'OrderMassCancelRequest'],
  ['r', 'OrderMassCancelReport'],
  ['Q', 'DontKnowTrade'],
  ['AB', 'NewOrderMultileg'],
  ['AC', 'MultilegOrderCancelReplace'],
  ['AE', 'TradeCaptureReport'],
])

/** The name of a message type; for others the code itself. */
export function messageName(type: string): string {
  return names.get(type) ?? `message ${JSON.stringify(type)}`
}
