import { type AttributeDefinition, attributes as catalogAttributes } from './attributes.js'
import type { Requirement } from './metric-definition.js'

/**
 * What is wrong with the attributes that somebody gives a metric or span of his own, as sentences: TypeScript refuses
 * the same before the program runs.
 *
 * @param own attributes that the application has defined
 */
export function givenAttributeMistakes(
  name: string,
  references: Readonly<Partial<Record<string, Requirement>>>,
  given: unknown,
  own: Readonly<Record<string, AttributeDefinition>>,
): string[] {
  const every: Readonly<Record<string, AttributeDefinition>> = { ...catalogAttributes, ...own }
  const values = Object.entries(Object(given)).filter(([, value]) => value !== undefined)
  const missing = Object.keys(references).filter(
    key => references[key] === 'required' && !values.some(([present]) => present === key),
  )
  return [
    ...(missing.length === 0 ? [] : [`${name} has no ${missing.join(' and no ')}, which its definition requires`]),
    ...values.flatMap(([key, value]) => {
      if (!Object.hasOwn(references, key)) return [`${name} has no attribute ${key}; add it to the definition`]
      const list = every[key]?.values
      if (list === undefined || list.includes(value as string)) return []
      return [`${name}: ${key} is "${String(value)}"; its values are ${list.join(', ')}`]
    }),
  ]
}
