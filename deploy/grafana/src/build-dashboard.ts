import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  StackingConfigBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { metrics } from '../../../src/catalog/metrics.js'
import { prometheusName } from '../../../src/catalog/prometheus-name.js'
import type { DashboardDefinition, PanelDefinition } from './dashboard-definition.js'
import { type FilterVariable, filterVariables } from './variables.js'

/** The data source of every panel, as deploy/grafana/provisioning names it. */
const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' }
const COLUMNS = 24
/** Width and height by kind, in columns and rows of Grafana's grid. */
const SIZES = {
  number: { w: 4, h: 4 },
  lines: { w: 8, h: 8 },
  stacked: { w: 8, h: 8 },
  heatmap: { w: 8, h: 8 },
} as const

/** Grafana's JSON of a dashboard. The same definition always gives the same JSON. */
export function buildDashboard(definition: DashboardDefinition): Dashboard {
  const dashboard = new DashboardBuilder(definition.title)
    .uid(definition.uid)
    .description(definition.description)
    .tags(['orderscope'])
    .timezone('browser')
    .time({ from: 'now-30m', to: 'now' })
    .refresh('10s')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('orderscope')
        .type(DashboardLinkType.Dashboards)
        .tags(['orderscope'])
        .includeVars(true)
        .keepTime(true),
    )
  for (const name of definition.variables) {
    dashboard.withVariable(variable(filterVariables.find(each => each.name === name)!))
  }
  let id = 0
  let y = 0
  for (const row of definition.rows) {
    dashboard.withRow(new RowBuilder(row.title).id(++id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }))
    y += 1
    let x = 0
    let height = 0
    for (const each of row.panels) {
      const { w, h } = SIZES[each.kind]
      if (x + w > COLUMNS) {
        x = 0
        y += height
        height = 0
      }
      dashboard.withPanel(panel(each, ++id).gridPos({ x, y, w, h }))
      x += w
      height = Math.max(height, h)
    }
    y += height
  }
  const built = dashboard.build()
  // the builder is of a newer Grafana than docker-compose.yml's, which knows these of another kind of variable only
  for (const each of built.templating?.list ?? []) {
    delete each.auto
    delete each.auto_min
    delete each.auto_count
  }
  return built
}

function variable({ name, title, label, from }: FilterVariable): QueryVariableBuilder {
  const { kind, unit } = metrics[from]
  const query = `label_values(${prometheusName(from, unit, kind)!.name}, ${label})`
  return new QueryVariableBuilder(name)
    .label(title)
    .datasource(PROMETHEUS)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' })
}

function panel(definition: PanelDefinition, id: number): TimeseriesBuilder | StatBuilder | HeatmapBuilder {
  const built = ofKind(definition)
    .id(id)
    .title(definition.title)
    .description(definition.description)
    .datasource(PROMETHEUS)
    .unit(definition.unit)
  for (const [index, { expr, legend }] of definition.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(PROMETHEUS)
      .expr(expr)
      .exemplar(definition.exemplars ?? false)
    if (legend !== undefined) query.legendFormat(legend)
    if (definition.kind === 'number') query.instant()
    else query.range()
    if (definition.kind === 'heatmap') query.format(PromQueryFormat.Heatmap)
    built.withTarget(query)
  }
  return built
}

function ofKind(definition: PanelDefinition): TimeseriesBuilder | StatBuilder | HeatmapBuilder {
  switch (definition.kind) {
    case 'number':
      return new StatBuilder().graphMode(common.BigValueGraphMode.None).thresholds(thresholds(definition)).noValue('–')
    case 'heatmap':
      return new HeatmapBuilder().calculate(false)
    default:
      return lines(definition)
  }
}

function lines({ kind }: PanelDefinition): TimeseriesBuilder {
  const builder = new TimeseriesBuilder()
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(common.SortOrder.Descending))
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    .fillOpacity(kind === 'stacked' ? 30 : 0)
  if (kind === 'stacked') builder.stacking(new StackingConfigBuilder().mode(common.StackingMode.Normal))
  return builder
}

function thresholds({ warn, alarm }: PanelDefinition): ThresholdsConfigBuilder {
  const steps: Threshold[] = [{ value: null, color: 'green' }]
  if (warn !== undefined) steps.push({ value: warn, color: 'yellow' })
  if (alarm !== undefined) steps.push({ value: alarm, color: 'red' })
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}
