import { isObject } from './unified.js'

/**
 * Watches how a call ends. What is returned has to go to the application in place of `result`: it stands for the same
 * outcome, so that a rejection that nobody handles stays unhandled. Neither listener may throw.
 */
export function follow(result: unknown, onValue: (value: unknown) => void, onError: (error: unknown) => void): unknown {
  if (isPlainPromise(result)) {
    return result.then(
      value => {
        onValue(value)
        return value
      },
      error => {
        onError(error)
        throw error
      },
    )
  }
  if (!isObject(result) || typeof result.then !== 'function') onValue(result)
  // a promise of another kind goes to the application as it is
  else Promise.resolve(result as unknown as PromiseLike<unknown>).then(onValue, onError)
  return result
}

/** ccxt's own futures have methods that a promise derived from them lacks. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise && Object.getOwnPropertyNames(value).length === 0
}
