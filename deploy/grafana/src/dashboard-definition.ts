/** One line or value of a panel. */
export interface Query {
  readonly expr: string
  readonly legend?: string
}

/** A panel of a dashboard, as data. */
export interface PanelDefinition {
  readonly title: string
  /** What it says and when to worry, in a sentence; shown at the `i` of the panel. */
  readonly description: string
  readonly kind: 'lines' | 'stacked' | 'number' | 'heatmap'
  /** Unit of Grafana: `s`, `ops`, `bytes`, `percentunit`, `short`. */
  readonly unit: string
  readonly queries: readonly Query[]
  /** Dots that open an order in Jaeger: histograms and counters that carry exemplars. */
  readonly exemplars?: boolean
  /** Of a number: from here on it is yellow, and red. */
  readonly warn?: number
  readonly alarm?: number
}

/** A headline and the panels below it. */
export interface RowDefinition {
  readonly title: string
  readonly panels: readonly PanelDefinition[]
}

/** A dashboard, as data: `buildDashboard` makes Grafana's JSON of it. */
export interface DashboardDefinition {
  readonly uid: string
  readonly title: string
  readonly description: string
  /** Names of `filterVariables`. */
  readonly variables: readonly string[]
  readonly rows: readonly RowDefinition[]
}
