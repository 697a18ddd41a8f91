import { fileURLToPath } from 'node:url'
import type { Effort, Figures, Work } from '../sample.js'
import { ours, runPreloaded, upstreamWithLoader } from './start-up.js'

const importer = fileURLToPath(new URL('ccxt-import-process.js', import.meta.url))
const caller = fileURLToPath(new URL('ccxt-call-process.js', import.meta.url))

export const ccxtImport: Work = {
  rounds: 5,
  sides: {
    nothing: () => runPreloaded([], {}, importer),
    orderscope: () => runPreloaded(['--import', 'orderscope/register'], {}, importer),
    openTelemetry: () => runPreloaded(upstreamWithLoader, {}, importer),
  },
}

function calls(flags: readonly string[]) {
  return ({ short }: Effort): Promise<Figures> =>
    runPreloaded(flags, { BENCH_CALLS: short ? '1500' : '6000', OTEL_TRACES_EXPORTER: 'otlp' }, caller)
}

export const ccxtCall: Work = {
  sides: { nothing: calls([]), orderscope: calls(ours) },
}
