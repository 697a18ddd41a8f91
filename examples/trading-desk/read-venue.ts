import { type Summary, sorted } from './summary.js'

/** What the venue did, by its own books. */
export async function readVenue(venueUrl: string): Promise<Summary> {
  const response = await fetch(`${venueUrl}/admin/books`)
  const { orders, executions, quantity } = (await response.json()) as Summary
  // to Binance a replaced order is an order that ended and another in its place; to a trader it is one
  const { replaced: _, ...ended } = orders
  return { orders: sorted(ended), executions, quantity: sorted(quantity) }
}
