import { median } from './statistics.js'

/** Enough for the optimizing compiler to be done with what is measured. */
const WARM_UP_MS = 300
const BATCHES = 15
const BATCH_MS = 30

/** Processor time of this process, so that whoever else is on the machine doesn't count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Nanoseconds and bytes of one call: `run` does so many in a loop of its own, so that what is called is inlined as it
 * would be in a user's loop. The median of many batches counts; allocation is measured apart, between two collections
 * of garbage, with too little work for one to begin by itself.
 */
export async function timeOf(run: (calls: number) => void): Promise<{ ns: number; bytes: number }> {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('timeOf needs node --expose-gc')
  let calls = 100
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) {
    const started = performance.now()
    run(calls)
    if (performance.now() - started < 1) calls *= 2
  }
  const started = performance.now()
  run(calls)
  const perBatch = Math.max(1, Math.round((calls * BATCH_MS) / Math.max(0.01, performance.now() - started)))
  const times: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = cpuMs()
    run(perBatch)
    times.push(((cpuMs() - before) * 1e6) / perBatch)
    // lets what waits for the loop be done between the batches
    await new Promise(resolve => setImmediate(resolve))
  }
  const empty = allocated(() => {}, collect)
  const bytes: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) bytes.push((allocated(() => run(1000), collect) - empty) / 1000)
  return { ns: median(times), bytes: Math.max(0, Math.round(median(bytes))) }
}

function allocated(act: () => void, collect: () => void): number {
  collect()
  const before = process.memoryUsage().heapUsed
  act()
  return process.memoryUsage().heapUsed - before
}
