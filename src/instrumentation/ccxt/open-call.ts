import type { AccountState } from './accounts.js'
import { BatchCall } from './batch-call.js'
import type { Call } from './call.js'
import { CancelCall, cancelTarget, cancelTargetOfMany } from './cancel-call.js'
import { CloseCall } from './close-call.js'
import { CreateCall } from './create-call.js'
import { EditCall } from './edit-call.js'
import type { CallKind } from './methods.js'
import { batchArguments, orderArguments } from './order-intents.js'
import { QueryCall } from './query-call.js'
import { type CcxtExchange, isObject, text } from './unified.js'
import { WatchCall } from './watch-call.js'

/** What follows a call of the application, by what its method does. */
export function openCall(
  kind: CallKind,
  { account, seen }: AccountState,
  exchange: CcxtExchange,
  args: readonly unknown[],
): Call {
  switch (kind) {
    case 'create':
      return new CreateCall(account, exchange, [orderArguments(args)])
    case 'create_many':
      return new CreateCall(account, exchange, batchArguments(args[0]))
    case 'edit':
      return new EditCall(account, exchange, text(args[0]), orderArguments(args.slice(1)))
    case 'edit_many': {
      const ids = Array.isArray(args[0]) ? args[0].filter(isObject).map(({ id }) => text(id)) : []
      const parts = batchArguments(args[0]).map((order, index) => {
        const id = ids[index]
        return { id, call: new EditCall(account, exchange, id, order, true) }
      })
      return new BatchCall(parts)
    }
    case 'close':
      return new CloseCall(account, exchange, text(args[0]))
    case 'cancel':
      return new CancelCall(account, exchange, cancelTarget(args))
    case 'cancel_many':
      return new CancelCall(account, exchange, cancelTargetOfMany(args))
    case 'cancel_all':
      return new CancelCall(account, exchange, { orders: undefined, symbol: text(args[0]) })
    case 'fetch_orders':
      return new QueryCall(account, 'orders')
    case 'fetch_trades':
      return new QueryCall(account, 'trades')
    case 'watch_orders':
      return new WatchCall(account, 'orders', seen)
    case 'watch_trades':
      return new WatchCall(account, 'trades', seen)
  }
}
