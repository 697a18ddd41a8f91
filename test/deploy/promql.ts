import { parser } from '@prometheus-io/lezer-promql'

/** What a PromQL expression speaks of. */
export interface Promql {
  /** Where it doesn't parse; empty when it does. */
  readonly mistakes: readonly string[]
  /** Names of metrics, as written. */
  readonly metrics: readonly string[]
  /** Regular expressions over `__name__`. */
  readonly metricPatterns: readonly string[]
  /** Labels that it groups by, joins on or matches. */
  readonly labels: readonly string[]
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
}

/** Reads an expression by Prometheus's own grammar. */
export function readPromql(expression: string): Promql {
  const mistakes: string[] = []
  const metrics: string[] = []
  const metricPatterns: string[] = []
  const labels: string[] = []
  const matchers: { label: string; operator: string; value: string }[] = []
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to)
      if (node.type.isError) mistakes.push(`at ${node.from}: ${expression.slice(node.from, node.from + 20)}`)
      else if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') metrics.push(text)
      else if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels') labels.push(text)
      else if (node.name === 'UnquotedLabelMatcher') {
        const [, label, operator, value] = /^(\w+)\s*(=~|!~|!=|=)\s*(?:"([^"]*)"|'([^']*)')$/.exec(text) ?? []
        if (label === undefined) mistakes.push(`${text} can't be read`)
        else if (label === '__name__') metricPatterns.push(value!)
        else {
          labels.push(label)
          matchers.push({ label, operator: operator!, value: value! })
        }
      }
    },
  })
  return { mistakes, metrics, metricPatterns, labels, matchers }
}
