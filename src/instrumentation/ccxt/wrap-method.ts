/** What a wrapped method does: it must return what `run()` returns and throw what it throws. */
export type Around = (self: unknown, args: readonly unknown[], run: () => unknown) => unknown

/**
 * Wraps a method that `target` owns. Name, length, properties and the place in the object stay as they are.
 *
 * @throws {TypeError} where the property can't be changed (a frozen object)
 */
export function wrapMethod(target: object, name: string, around: Around): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name)
  const original = descriptor?.value as ((...args: unknown[]) => unknown) | undefined
  if (descriptor === undefined || typeof original !== 'function') return
  // a method, like what it wraps: with `this`, without a `prototype` of its own
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      return around(this, args, () => Reflect.apply(original, this, args))
    },
  }
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key)!
    // only functions of the old kind have one, and nobody constructs a method
    if (key !== 'prototype') Object.defineProperty(wrapper, key, property)
  }
  // throws by itself, in strict mode, where the property can't be redefined
  Object.defineProperty(target, name, { ...descriptor, value: wrapper })
}
