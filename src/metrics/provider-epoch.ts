/*
 * Series that an application binds at the top of a module must follow when the global meter provider changes: they
 * compare a number with every update, which costs a nanosecond, where asking the API costs twenty.
 */

/** Shared by every copy of this package in a thread. */
const KEY = Symbol.for('orderscope.metrics.provider_epoch')
const registry = globalThis as { [KEY]?: { value: number } }
registry[KEY] ??= { value: 0 }

/** Its value is another one after the global meter provider has been registered or taken away. */
export const providerEpoch: { readonly value: number } = registry[KEY]

/** To be called after the global meter provider has changed. */
export function noteProviderChange(): void {
  registry[KEY]!.value++
}
