import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../deploy/grafana/dashboards')
/** Longer than a run: what has happened in it is seen. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: '10m',
  __interval: '1m',
  __range: '1h',
}

interface Panel {
  readonly type: string
  readonly title: string
  readonly targets?: readonly { readonly expr?: string }[]
  readonly panels?: readonly Panel[]
}
interface Variable {
  readonly name: string
  readonly allValue?: string
}

export interface PanelQueries {
  readonly file: string
  readonly title: string
  readonly queries: readonly string[]
}

/** The queries of every panel of every dashboard, with what Grafana puts in place of its variables. */
export function dashboardQueries(): PanelQueries[] {
  return readdirSync(FOLDER).flatMap(file => {
    const { panels, templating } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
      panels: Panel[]
      templating?: { list: Variable[] }
    }
    const values = Object.fromEntries((templating?.list ?? []).map(({ name, allValue }) => [name, allValue ?? '.*']))
    const resolve = (expr: string) =>
      expr.replace(/\$(?:\{(\w+)[^}]*\}|(\w+))/g, (whole, braced, plain) => {
        return { ...values, ...BUILT_IN }[braced ?? plain] ?? whole
      })
    return panels
      .flatMap(panel => [panel, ...(panel.panels ?? [])])
      .map(({ title, targets = [] }) => ({
        file,
        title,
        queries: targets.flatMap(({ expr }) => expr ?? []).map(resolve),
      }))
      .filter(({ queries }) => queries.length > 0)
  })
}
