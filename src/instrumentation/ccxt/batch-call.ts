import type { Context } from '@opentelemetry/api'
import type { Call } from './call.js'
import { isObject, text } from './unified.js'

/** One call for several orders: each is a call of its own, which gets its part of the answer. */
export class BatchCall implements Call {
  readonly #parts: readonly { readonly id: string | undefined; readonly call: Call }[]

  constructor(parts: readonly { readonly id: string | undefined; readonly call: Call }[]) {
    this.#parts = parts
  }

  onDelegated(): void {
    for (const { call } of this.#parts) call.onDelegated()
  }

  onRequest(request: unknown, question: boolean): Context | undefined {
    const contexts = this.#parts.map(({ call }) => call.onRequest(request, question))
    return contexts.length === 1 ? contexts[0] : undefined
  }

  onSigned(): void {
    for (const { call } of this.#parts) call.onSigned?.()
  }

  onUnsent(error: unknown): void {
    for (const { call } of this.#parts) call.onUnsent?.(error)
  }

  /** By the order's id where the answer has it; a venue that leaves out what it refused leaves its place empty. */
  onAnswer(value: unknown): void {
    const answers: readonly unknown[] = Array.isArray(value) ? value : [value]
    const byId = new Map(answers.map(answer => [isObject(answer) ? text(answer.id) : undefined, answer]))
    for (const [index, { id, call }] of this.#parts.entries()) {
      const named = id === undefined ? undefined : byId.get(id)
      call.onAnswer(named ?? (answers.length === this.#parts.length ? answers[index] : undefined))
    }
  }

  onError(error: unknown): void {
    for (const { call } of this.#parts) call.onError(error)
  }
}
