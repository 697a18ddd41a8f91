/** A JSON object from outside, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** `undefined` for what is no JSON, or no object. */
export function parseObject(json: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** Text and numbers as text; `undefined` for nothing, an empty text, and what is neither. */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name]
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined
}

export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = object[name]
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
}

export function listOf(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  return Array.isArray(value) ? value.map(entry => Object(entry) as JsonObject) : []
}
