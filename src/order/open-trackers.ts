/** Something with open spans that must be ended before the process is. */
interface Closable {
  close(): void
}

/** Shared by every copy of this package in a process. */
const KEY = Symbol.for('orderscope.order.trackers')
const registry = globalThis as { [KEY]?: Set<Closable> }

/** Trackers that are in use; returns how to take one off the list. */
export function registerOpenTracker(tracker: Closable): () => void {
  registry[KEY] ??= new Set()
  const open = registry[KEY]
  open.add(tracker)
  return () => open.delete(tracker)
}

/** Ends the open spans of all orders, with what is known of them: the process is about to end. */
export function closeOpenTrackers(): void {
  for (const tracker of [...(registry[KEY] ?? [])]) tracker.close()
}
