import type { Dashboard, DataSourceRef, GraphFieldConfig, Panel, RowPanel, VariableModel } from '@grafana/schema'
import type {
  Options as Heatmap,
  FieldConfig as HeatmapField,
} from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen.js'
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js'
import type { Options as Timeseries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js'

/** JSON of a type: there, a value of an enumeration is its text or number. */
type Json<T> = unknown extends T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : number
      : T extends boolean | null | undefined
        ? T
        : T extends readonly (infer Item)[]
          ? Json<Item>[]
          : { [Key in keyof T]: Json<T[Key]> }

/** As the data source for Prometheus takes it; Grafana's package has no schema of that. */
interface Query {
  refId: string
  expr: string
  datasource: DataSourceRef
  legendFormat?: string
  format?: 'time_series' | 'table' | 'heatmap'
  exemplar?: boolean
  instant?: boolean
  range?: boolean
}
/** A panel of one kind: what kinds add is in files of their own. */
interface Of<Type extends string, Options, Custom>
  extends Json<Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'>> {
  type: Type
  options: Options
  fieldConfig: Json<Omit<NonNullable<Panel['fieldConfig']>, 'defaults'>> & {
    defaults: Json<Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom'>> & { custom?: Custom }
  }
  targets: Json<Query>[]
}
type AnyPanel =
  | Json<RowPanel>
  | Of<'timeseries', Json<Timeseries>, Json<GraphFieldConfig>>
  | Of<'stat', Json<Stat>, never>
  | Of<'heatmap', Json<Partial<Heatmap>>, Json<HeatmapField>>
/** A dashboard in a file, as Grafana's own schema of it says. */
export type WrittenDashboard = Json<Omit<Dashboard, 'panels' | 'templating'>> & {
  panels: AnyPanel[]
  templating: { list: Json<VariableModel>[] }
}
