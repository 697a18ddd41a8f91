/**
 * The order state change matrices of the FIX protocol: what the client and the broker send, and the status and
 * quantities that each report carries.
 *
 * Source: FIX 5.0 SP2 with Errata 20110818, volume 4, Appendix D (and volume 7 for those that begin with X), facts
 * transcribed, titles reworded. FIX is a trademark of FIX Protocol Limited.
 *
 * A row: time as printed; `>` the client sends, `<` the broker, `!` something without a message; what; then
 * `ClOrdID` or `ClOrdID<OrigClOrdID` (`-` is none); then what the row gives, by name:
 * q OrderQty, c CumQty, l LeavesQty, a AvgPx, last LastQty, at LastPx, id ExecID, ref ExecRefID, and further facts.
 * A report is `ExecType/OrdStatus`.
 */
export interface MatrixScenario {
  readonly id: string
  readonly title: string
  readonly rows: string
}

export const matrixScenarios: readonly MatrixScenario[] = [
  {
    id: 'A.1.a',
    title: 'Order works and fills completely in three trades',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < Trade/PartiallyFilled X q=10000 c=3000 l=7000 last=1000
      5 < Trade/Filled X q=10000 c=10000 l=0 last=7000`,
  },
  {
    id: 'A.1.a-alt1',
    title: 'New order refused straight away (by the desk)',
    rows: `
      1 > NewOrder X q=10000
      2 < Rejected/Rejected X q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'A.1.b',
    title: 'Day order ends its day only partly filled',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < Trade/PartiallyFilled X q=10000 c=3000 l=7000 last=1000
      5 < DoneForDay/DoneForDay X q=10000 c=3000 l=0 last=0`,
  },
  {
    id: 'B.1.a',
    title: 'Cancel of an order with no fills',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > CancelRequest Y<X q=10000
      4 < PendingCancel/PendingCancel Y<X q=10000 c=0 l=10000 last=0
      5 < Canceled/Canceled Y<X q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'B.1.a-alt1',
    title: 'Cancel of an unfilled order refused before it is acknowledged as pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > CancelRequest Y<X q=10000
      4 < CancelReject/New Y<X`,
  },
  {
    id: 'B.1.a-alt2',
    title: 'Cancel of an unfilled order refused while it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > CancelRequest Y<X q=10000
      4 < PendingCancel/PendingCancel Y<X q=10000 c=0 l=10000 last=0
      5 < CancelReject/New Y<X`,
  },
  {
    id: 'B.1.b',
    title: 'Cancel of a partly filled order with fills arriving while the cancel is in flight',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 > CancelRequest Y<X q=10000
      4 < Trade/PartiallyFilled X q=10000 c=5000 l=5000 last=3000
      5 < PendingCancel/PendingCancel Y<X q=10000 c=5000 l=5000 last=0
      6 < Trade/PendingCancel X q=10000 c=6000 l=4000 last=1000
      7 < Canceled/Canceled Y<X q=10000 c=6000 l=0 last=0`,
  },
  {
    id: 'B.1.b-alt1',
    title: 'Cancel of a partly filled order refused at once, after a fill crossed it',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 > CancelRequest Y<X q=10000
      4 < Trade/PartiallyFilled X q=10000 c=5000 l=5000 last=3000
      5 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'B.1.c',
    title: 'Order fills completely while its cancel is pending, so the cancel is refused',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 > CancelRequest Y<X q=10000
      4 < Trade/PartiallyFilled X q=10000 c=5000 l=5000 last=3000
      5 < PendingCancel/PendingCancel Y<X q=10000 c=5000 l=5000 last=0
      6 < Trade/PendingCancel X q=10000 c=10000 l=0 last=5000
      7 < CancelReject/Filled Y<X cxlRejReason=TooLateToCancel`,
  },
  {
    id: 'B.1.d',
    title: 'Cancel sent before the order is acknowledged (two orders: X acknowledged on the way, A never)',
    rows: `
      1 > NewOrder X q=10000
      2 > CancelRequest Y<X q=10000
      3 < PendingCancel/PendingCancel Y<X q=10000 c=0 l=10000 last=0
      4 < New/New X q=10000 c=0 l=10000 last=0
      5 < Canceled/Canceled Y<X q=10000 c=0 l=0 last=0
      6 > NewOrder A q=5000
      7 > CancelRequest B<A q=5000
      8 < PendingCancel/PendingCancel B<A q=5000 c=0 l=5000 last=0
      9 < Canceled/Canceled B<A q=5000 c=0 l=0 last=0`,
  },
  {
    id: 'B.1.f',
    title: 'Cancel for an order the broker has never seen',
    rows: `
      1 > CancelRequest Y<X q=10000
      2 < CancelReject/Rejected Y<X cxlRejReason=UnknownOrder orderId=NONE`,
  },
  {
    id: 'C.1.a',
    title: 'Quantity raised on an order with no fills',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > ReplaceRequest Y<X q=11000
      4 < PendingReplace/PendingReplace Y<X q=10000 c=0 l=10000 last=0
      5 < Replaced/New Y<X q=11000 c=0 l=11000 last=0
      6 < Trade/PartiallyFilled Y q=11000 c=1000 l=10000 last=1000
      7 < Trade/PartiallyFilled Y q=11000 c=3000 l=8000 last=2000`,
  },
  {
    id: 'C.1.a-alt1',
    title: 'Quantity raise on an unfilled order refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > ReplaceRequest Y<X q=11000
      4 < CancelReject/New Y<X`,
  },
  {
    id: 'C.1.a-alt2',
    title: 'Quantity raise on an unfilled order refused while pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > ReplaceRequest Y<X q=11000
      4 < PendingReplace/PendingReplace Y<X q=10000 c=0 l=10000 last=0
      5 < CancelReject/New Y<X`,
  },
  {
    id: 'C.1.b',
    title: 'Quantity raised on a partly filled order, with a fill while the replace is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=12000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      6 < Trade/PendingReplace X q=10000 c=1100 l=8900 last=100
      7 < Replaced/PartiallyFilled Y<X q=12000 c=1100 l=10900 last=0
      8 < Trade/Filled Y q=12000 c=12000 l=0 last=10900`,
  },
  {
    id: 'C.1.b-alt1',
    title: 'Quantity raise on a partly filled order refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=12000
      5 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'C.1.c',
    title: 'Quantity raised on an already filled order, which reopens it',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/Filled X q=10000 c=10000 l=0 last=10000
      4 > ReplaceRequest Y<X q=12000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=10000 l=0 last=0
      6 < Replaced/PartiallyFilled Y<X q=12000 c=10000 l=2000 last=0
      7 < Trade/Filled Y q=12000 c=12000 l=0 last=2000`,
  },
  {
    id: 'C.1.c-alt1',
    title: 'Quantity raise on a filled order refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/Filled X q=10000 c=10000 l=0 last=10000
      4 > ReplaceRequest Y<X q=12000
      5 < CancelReject/Filled Y<X`,
  },
  {
    id: 'C.1.c-alt2',
    title: 'Quantity raise on a filled order refused while pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/Filled X q=10000 c=10000 l=0 last=10000
      4 > ReplaceRequest Y<X q=12000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=10000 l=0 last=0
      6 < CancelReject/Filled Y<X`,
  },
  {
    id: 'C.3.a',
    title: 'Quantity lowered to a value still above what has traded; replaced, then filled',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      4 < Trade/PartiallyFilled X q=10000 c=1500 l=8500 last=500
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1500 l=8500 last=0
      6 < Trade/PendingReplace X q=10000 c=1600 l=8400 last=100
      7 < Replaced/PartiallyFilled Y<X q=8000 c=1600 l=6400 last=0
      8 < Trade/Filled Y q=8000 c=8000 l=0 last=6400`,
  },
  {
    id: 'C.3.a-alt1',
    title: 'Quantity cut refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      4 < Trade/PartiallyFilled X q=10000 c=1500 l=8500 last=500
      5 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'C.3.a-alt2',
    title: 'Quantity cut refused after a fill during the pending state',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      4 < Trade/PartiallyFilled X q=10000 c=1500 l=8500 last=500
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1500 l=8500 last=0
      6 < Trade/PendingReplace X q=10000 c=1600 l=8400 last=100
      7 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'C.3.b',
    title: 'Quantity lowered to exactly what has traded; order ends as filled',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > ReplaceRequest Y<X q=7000
      3 < Trade/PartiallyFilled X q=10000 c=7000 l=3000 last=7000
      4 < Replaced/Filled Y<X q=7000 c=7000 l=0 last=0`,
  },
  {
    id: 'D.1.a',
    title: 'Two replaces one after the other, both accepted',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      6 < Trade/PendingReplace X q=10000 c=1500 l=8500 last=500
      7 < Replaced/PartiallyFilled Y<X q=8000 c=1500 l=6500 last=0
      8 < Trade/PartiallyFilled Y q=8000 c=3500 l=4500 last=2000
      9 > ReplaceRequest Z<Y q=6000
      10 < PendingReplace/PendingReplace Z<Y q=8000 c=3500 l=4500 last=0
      11 < Trade/PendingReplace Y q=8000 c=4000 l=4000 last=500
      12 < Replaced/PartiallyFilled Z<Y q=6000 c=4000 l=2000 last=0
      13 < Trade/Filled Z q=6000 c=6000 l=0 last=2000`,
  },
  {
    id: 'D.1.b',
    title: 'First replace refused before pending, second (again from X) accepted',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 < CancelReject/PartiallyFilled Y<X
      6 < Trade/PartiallyFilled X q=10000 c=1500 l=8500 last=500
      7 < Trade/PartiallyFilled X q=10000 c=3500 l=6500 last=2000
      8 > ReplaceRequest Z<X q=6000
      9 < PendingReplace/PendingReplace Z<X q=10000 c=3500 l=6500 last=0
      10 < Replaced/PartiallyFilled Z<X q=6000 c=3500 l=2500 last=0
      11 < Trade/PartiallyFilled Z q=6000 c=5000 l=1000 last=1500`,
  },
  {
    id: 'D.1.c',
    title: 'First replace refused while pending, second (again from X) accepted',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      6 < Trade/PendingReplace X q=10000 c=1500 l=8500 last=500
      7 < CancelReject/PartiallyFilled Y<X
      8 < Trade/PartiallyFilled X q=10000 c=3500 l=6500 last=2000
      9 > ReplaceRequest Z<X q=6000
      10 < PendingReplace/PendingReplace Z<X q=10000 c=3500 l=6500 last=0
      11 < Replaced/PartiallyFilled Z<X q=6000 c=3500 l=2500 last=0
      12 < Trade/PartiallyFilled Z q=6000 c=5000 l=1000 last=1500`,
  },
  {
    id: 'D.1.c-alt1',
    title: 'Both replaces of a sequence refused while pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      6 < Trade/PendingReplace X q=10000 c=1500 l=8500 last=500
      7 < CancelReject/PartiallyFilled Y<X
      8 < Trade/PartiallyFilled X q=10000 c=3500 l=6500 last=2000
      9 > ReplaceRequest Z<X q=6000
      10 < PendingReplace/PendingReplace Z<X q=10000 c=3500 l=6500 last=0
      11 < CancelReject/PartiallyFilled Z<X`,
  },
  {
    id: 'D.2.a',
    title: 'Two replaces in flight, handled strictly one by one',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 > ReplaceRequest Z<Y q=7000
      6 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      7 < Replaced/PartiallyFilled Y<X q=8000 c=1000 l=7000 last=0
      8 < PendingReplace/PendingReplace Z<Y q=8000 c=1000 l=7000 last=0
      9 < Replaced/PartiallyFilled Z<Y q=7000 c=1000 l=6000 last=0
      10 < Trade/Filled Z q=7000 c=7000 l=0 last=6000`,
  },
  {
    id: 'D.2.c',
    title: 'Two replaces in flight, both refused',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 > ReplaceRequest Z<Y q=7000
      6 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      7 < CancelReject/PartiallyFilled Y<X
      8 < PendingReplace/PendingReplace Z<X q=10000 c=1000 l=9000 last=0
      9 < CancelReject/PartiallyFilled Z<X
      10 < Trade/PartiallyFilled X q=10000 c=7000 l=3000 last=6000`,
  },
  {
    id: 'E.1.a',
    title: 'Order given by phone, reported without a client order id',
    rows: `
      1 ! orderByPhone
      2 < New/New - q=10000 c=0 l=0 last=0
      3 < Trade/PartiallyFilled - q=10000 c=2000 l=8000 last=2000
      4 < Trade/PartiallyFilled - q=10000 c=3000 l=7000 last=1000
      5 < Trade/Filled - q=10000 c=10000 l=0 last=7000`,
  },
  {
    id: 'E.1.b',
    title: 'Partly filled order cancelled by agreement, without a cancel request',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 ! verbalCancelAgreed
      5 < Canceled/Canceled X q=10000 c=1000 l=0 last=0 execRestatementReason=VerbalChange`,
  },
  {
    id: 'E.1.c',
    title: 'Quantity raised twice by agreement, without replace requests',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 ! verbalReplaceAgreed
      4 < Restated/New X q=11000 c=0 l=11000 last=0 execRestatementReason=VerbalChange
      5 < Trade/PartiallyFilled X q=11000 c=1000 l=10000 last=1000
      6 ! verbalReplaceAgreed
      7 < Restated/PartiallyFilled X q=12000 c=1000 l=11000 last=0 execRestatementReason=VerbalChange`,
  },
  {
    id: 'E.1.d',
    title: 'Sell side cuts the order quantity on its own, then fills it',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Restated/New X q=9000 c=0 l=9000 last=0 execRestatementReason=PartialDeclineOfOrderQty
      4 < Trade/Filled X q=9000 c=9000 l=0 last=9000`,
  },
  {
    id: 'E.1.e',
    title: 'Order that must stay best on the book is cancelled when it no longer is',
    rows: `
      1 > NewOrder X q=10000 price=56 execInst=CancelIfNotBest
      2 < New/New X q=10000 c=0 l=10000 last=0 price=56
      3 < Canceled/Canceled X q=10000 c=0 l=0 last=0 price=56 execRestatementReason=CanceledNotBest`,
  },
  {
    id: 'F.1.a',
    title: 'Second order reuses the client order id of a working one',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > NewOrder X q=15000
      5 < Rejected/PartiallyFilled X q=10000 c=1000 l=9000 last=0 ordRejReason=DuplicateOrder`,
  },
  {
    id: 'F.1.c',
    title: 'Late electronic order refused because it was already given by voice',
    rows: `
      1 > NewOrder X q=10000
      2 ! orderPassedVerbally
      3 < Rejected/Rejected X q=10000 c=0 l=0 last=0 ordRejReason=DuplicateOfVerbalOrder`,
  },
  {
    id: 'G.1.a',
    title: 'Status asked for an order id the broker does not know',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > StatusRequest Y
      5 < OrderStatus/Rejected Y q=0 c=0 l=0 ordRejReason=UnknownOrder`,
  },
  {
    id: 'G.1.b',
    title: 'Status of a working order with no fills',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > StatusRequest X
      4 < OrderStatus/New X q=10000 c=0 l=10000 last=0 text=Nothing_Done`,
  },
  {
    id: 'G.1.c',
    title: 'Status asked at each stage of an order, before and after a replace',
    rows: `
      1 > NewOrder X q=10000
      2 > StatusRequest X
      3 < OrderStatus/PendingNew X q=10000 c=0 l=10000
      4 < New/New X q=10000 c=0 l=10000 last=0
      5 > StatusRequest X
      6 < OrderStatus/New X q=10000 c=0 l=10000
      7 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      8 > StatusRequest X
      9 < OrderStatus/PartiallyFilled X q=10000 c=2000 l=8000
      10 < Trade/Filled X q=10000 c=10000 l=0 last=8000
      11 > StatusRequest X
      12 < OrderStatus/Filled X q=10000 c=10000 l=0
      13 > ReplaceRequest Y<X q=12000
      14 < PendingReplace/PendingReplace Y<X q=10000 c=10000 l=0 last=0
      15 < Replaced/PartiallyFilled Y<X q=12000 c=10000 l=2000 last=0
      16 > StatusRequest X
      17 < OrderStatus/PartiallyFilled Y<X q=12000 c=10000 l=2000
      18 > StatusRequest Y
      19 < OrderStatus/PartiallyFilled Y q=12000 c=10000 l=2000`,
  },
  {
    id: 'G.1.c-alt1',
    title: 'Order reported pending new to a status request, then refused',
    rows: `
      1 > NewOrder X q=10000
      2 > StatusRequest X
      3 < OrderStatus/PendingNew X q=10000 c=0 l=10000
      4 < Rejected/Rejected X q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'H.1.a',
    title: 'GTC order carried to a second day and filled further',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 < Trade/PartiallyFilled X q=10000 c=3000 l=7000 last=1000`,
  },
  {
    id: 'H.1.c',
    title: 'GTC order carried to a second day and cancelled there',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 > CancelRequest Y<X q=10000
      7 < PendingCancel/PendingCancel Y<X q=10000 c=2000 l=8000 last=0
      8 < Canceled/Canceled Y<X q=10000 c=2000 l=0 last=0`,
  },
  {
    id: 'H.1.c-alt1',
    title: 'GTC order on its second day: cancel refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 > CancelRequest Y<X q=10000
      7 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'H.1.c-alt2',
    title: 'GTC order on its second day: cancel refused while pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 > CancelRequest Y<X q=10000
      7 < PendingCancel/PendingCancel Y<X q=10000 c=2000 l=8000 last=0
      8 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'H.1.d-alt1',
    title: 'GTC order on its second day: quantity raise refused before it is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 > ReplaceRequest Y<X q=15000
      7 < CancelReject/PartiallyFilled Y<X`,
  },
  {
    id: 'I.1.a',
    title: 'Fill-or-kill order that cannot trade in full is killed',
    rows: `
      1 > NewOrder X q=10000 timeInForce=FOK
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Canceled/Canceled X q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'I.1.b',
    title: 'Immediate-or-cancel order trades in part and the rest is cancelled',
    rows: `
      1 > NewOrder X q=10000 timeInForce=IOC
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 < Canceled/Canceled X q=10000 c=1000 l=0 last=0`,
  },
  {
    id: 'J.1.a',
    title: 'Filled order whose executions are busted and corrected, then reopened and corrected again',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 a=0 last=0 id=B
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 a=100 last=1000 at=100 id=C
      4 < Trade/Filled X q=10000 c=10000 l=0 a=109 last=9000 at=110 id=D
      5 < TradeCancel/PartiallyFilled X q=10000 c=9000 l=1000 a=110 last=0 at=0 id=E ref=C
      6 < TradeCorrect/PartiallyFilled X q=10000 c=9000 l=1000 a=100 last=9000 at=100 id=F ref=D
      7 < Trade/Filled X q=10000 c=10000 l=0 a=102 last=1000 at=120 id=G
      8 < TradeCorrect/Filled X q=10000 c=10000 l=0 a=120 last=9000 at=120 id=H ref=F
      9 > ReplaceRequest Y<X q=12000
      10 < PendingReplace/PendingReplace Y<X q=10000 c=10000 l=0 a=120 last=0 at=0 id=I
      11 < Replaced/PartiallyFilled Y<X q=12000 c=10000 l=2000 a=120 last=0 at=0 id=J
      12 < TradeCorrect/PartiallyFilled Y q=12000 c=10500 l=1500 a=120 last=9500 at=120 id=K ref=H`,
  },
  {
    id: 'J.1.d',
    title: 'Order done for the day, then its trade is corrected and finally busted',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0 id=A
      3 < Trade/PartiallyFilled X q=10000 c=5000 l=5000 last=5000 at=50 id=B
      4 < DoneForDay/DoneForDay X q=10000 c=5000 l=0 last=0 id=C
      5 < TradeCorrect/DoneForDay X q=10000 c=4000 l=0 last=4000 at=50 id=D ref=B
      6 < TradeCancel/DoneForDay X q=10000 c=0 l=0 last=0 id=E ref=D`,
  },
  {
    id: 'K.1.a',
    title: 'Order survives a trading halt and then fills',
    rows: `
      1 > NewOrder X q=10000 execInst=ReinstateOnTradingHalt
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 ! tradingHaltStart
      4 ! tradingHaltEnd
      5 < Trade/Filled X q=10000 c=10000 l=0 last=10000`,
  },
  {
    id: 'L.1.b',
    title: 'Order by cash amount, converted to a quantity on acceptance',
    rows: `
      1 > NewOrder X cashOrderQty=10000 currency=EUR
      2 < New/New X q=500 c=0 l=500 last=0 cashOrderQty=10000
      3 < Trade/PartiallyFilled X q=500 c=200 l=300 last=200 at=20.1 cashOrderQty=10000
      4 < Trade/Filled X q=500 c=500 l=0 last=300 at=20.2 cashOrderQty=10000`,
  },
  {
    id: 'L.1.b-alt1',
    title: 'Order by cash amount refused',
    rows: `
      1 > NewOrder X cashOrderQty=10000 currency=EUR
      2 < Rejected/Rejected X c=0 l=0 last=0 cashOrderQty=10000`,
  },
  {
    id: 'X.A.1.c',
    title: 'Exchange: order fills completely on entry, so no New report is sent',
    rows: `
      1 > NewOrder X q=10000
      2 < Trade/Filled X q=10000 c=10000 l=0 last=10000`,
  },
  {
    id: 'X.A.1.d',
    title: 'Exchange: order fills in part on entry, so no New report is sent',
    rows: `
      1 > NewOrder X q=10000
      2 < Trade/PartiallyFilled X q=10000 c=7000 l=3000 last=7000`,
  },
  {
    id: 'X.I.1.a',
    title: 'Exchange: two fill-or-kill orders killed, with (X) and without (Y) a separate New report',
    rows: `
      1 > NewOrder X q=10000 timeInForce=FOK
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Canceled/Canceled X q=10000 c=0 l=0 last=0
      4 > NewOrder Y q=10000 timeInForce=FOK
      6 < Canceled/Canceled Y q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'B.1.e',
    title: 'Cancel sent before the order is acknowledged; the acknowledgement crosses it',
    rows: `
      1 > NewOrder X q=10000
      2 > CancelRequest Y<X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < PendingCancel/PendingCancel Y<X q=10000 c=0 l=10000 last=0
      4 < Canceled/Canceled Y<X q=10000 c=0 l=0 last=0`,
  },
  {
    id: 'C.2.a',
    title: 'Replace of the price refused because the order has filled',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=10000
      4 < Trade/Filled X q=10000 c=10000 l=0 last=9000
      5 < CancelReject/Filled Y<X cxlRejReason=TooLateToCancel`,
  },
  {
    id: 'C.3.c',
    title: 'Quantity lowered to less than has traded; the order ends as filled',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > ReplaceRequest Y<X q=7000
      3 < Trade/PartiallyFilled X q=10000 c=8000 l=2000 last=8000
      4 < Replaced/Filled Y<X q=8000 c=8000 l=0 last=0`,
  },
  {
    id: 'D.2.b',
    title: 'Two replaces in flight, both pending before either is done',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 > ReplaceRequest Z<Y q=7000
      6 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      7 < PendingReplace/PendingReplace Z<X q=8000 c=1000 l=7000 last=0
      8 < Replaced/PendingReplace Y<X q=8000 c=1000 l=7000 last=0
      9 < Replaced/PartiallyFilled Z<Y q=7000 c=1000 l=6000 last=0
      10 < Trade/Filled Z q=7000 c=7000 l=0 last=6000`,
  },
  {
    id: 'D.2.d',
    title: 'Second replace refused because the first is pending',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=1000 l=9000 last=1000
      4 > ReplaceRequest Y<X q=8000
      5 > ReplaceRequest Z<Y q=7000
      6 < PendingReplace/PendingReplace Y<X q=10000 c=1000 l=9000 last=0
      7 < CancelReject/PendingReplace Z<X cxlRejReason=AlreadyPending
      8 < Replaced/PartiallyFilled Y<X q=8000 c=1000 l=7000 last=0
      9 < Trade/PartiallyFilled Y q=8000 c=3000 l=5000 last=2000`,
  },
  {
    id: 'E.1.f',
    title: 'Order held by the exchange, triggered, then filled',
    rows: `
      1 > NewOrder X q=10000 ordType=Stop
      2 < New/New X q=10000 c=0 l=10000 last=0 workingIndicator=N
      3 < Triggered/New X q=10000 c=0 l=10000 last=0 workingIndicator=Y
      4 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      5 < Trade/Filled X q=10000 c=10000 l=0 last=8000`,
  },
  {
    id: 'F.1.b',
    title: 'Order sent again as a possible resend, reused client order id, resend of an order never received',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 > NewOrder X q=10000 possResend=Y
      4 < OrderStatus/New X q=10000 c=0 l=10000
      5 > NewOrder X q=20000
      6 < Rejected/New X q=10000 c=0 l=10000 ordRejReason=DuplicateOrder
      7 > NewOrder Y q=15000 possResend=Y
      8 < New/New Y q=15000 c=0 l=15000 last=0`,
  },
  {
    id: 'H.1.d',
    title: 'GTC order on its second day: quantity raised',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 execRestatementReason=GTRenewalRestatement
      6 > ReplaceRequest Y<X q=15000
      7 < PendingReplace/PendingReplace Y<X q=10000 c=2000 l=8000 last=0
      8 < Trade/PendingReplace X q=10000 c=3000 l=7000 last=1000
      9 < Replaced/PartiallyFilled Y<X q=15000 c=3000 l=12000 last=0`,
  },
  {
    id: 'J.1.b',
    title: 'Canceled order whose execution is busted, then a new execution',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0 id=A
      3 < Trade/PartiallyFilled X q=10000 c=5000 l=5000 last=5000 at=50 id=B
      4 > CancelRequest Y<X q=10000
      5 < PendingCancel/PendingCancel Y<X q=10000 c=5000 l=5000 last=0 id=C
      6 < Canceled/Canceled Y<X q=10000 c=5000 l=0 last=0 id=D
      7 < TradeCancel/Canceled X q=10000 c=0 l=0 last=0 id=E ref=B
      8 < Trade/Canceled X q=10000 c=4000 l=0 last=4000 at=51 id=F`,
  },
  {
    id: 'J.1.c',
    title: 'GTC order over two days with corrections of executions of both',
    rows: `
      1 > NewOrder X q=10000
      2 < New/New X q=10000 c=0 l=10000 last=0 id=A
      3 < Trade/PartiallyFilled X q=10000 c=2000 l=8000 last=2000 id=B
      4 < DoneForDay/DoneForDay X q=10000 c=2000 l=8000 last=0 id=C
      5 < Restated/PartiallyFilled X q=10000 c=2000 l=8000 last=0 id=D execRestatementReason=GTRenewalRestatement
      6 < Trade/PartiallyFilled X q=10000 c=3000 l=7000 last=1000 id=E
      7 < TradeCorrect/PartiallyFilled X q=10000 c=2500 l=7500 last=1500 id=F ref=B
      8 < TradeCorrect/PartiallyFilled X q=10000 c=2000 l=8000 last=500 id=G ref=E`,
  },
]
