import { runSide } from './processes.js'
import type { Goal, Row } from './rows.js'
import type { Effort, Figures } from './sample.js'
import { median } from './statistics.js'
import { type WorkName, works } from './works.js'

/** A measured row, as `--json` prints it. */
export interface RowResult {
  readonly work: string
  readonly peer: string
  readonly ours: number
  readonly theirs: number | null
  readonly unit: string
  /** To the peer: how many times better where the goal asks for that, else ours ÷ theirs. */
  readonly ratio: number | null
  readonly goal?: string
  readonly met?: boolean
}

/** A row with what only this program needs of it. */
export interface Measured {
  readonly row: Row
  readonly result: RowResult
  /** Further from its goal than a noisy machine explains. */
  readonly missedByFar: boolean
}

type Samples = Map<string, Figures[]>

/** Measures each side of each work in turn, round by round, so that a machine that slows down slows all of them. */
export async function measure(
  rows: readonly Row[],
  effort: Effort,
  say: (text: string) => void,
): Promise<{ readonly measured: readonly Measured[]; readonly failures: readonly string[] }> {
  const measured: Measured[] = []
  const failures: string[] = []
  const names = [...new Set(rows.map(row => row.sample))]
  for (const name of names) {
    const own = rows.filter(row => row.sample === name)
    say(`${name} `)
    try {
      const samples = await sampleWork(name, sidesOf(own), effort, say)
      for (const row of own) measured.push(judge(row, samples))
    } catch (error) {
      // the others are worth knowing all the same
      failures.push(String((error as Error).message))
    }
    say('\n')
  }
  return { measured, failures }
}

function sidesOf(rows: readonly Row[]): readonly string[] {
  const sides = rows.flatMap(row => [oursOf(row), row.theirs, row.above])
  return [...new Set(sides.filter(side => side !== undefined))]
}

async function sampleWork(
  name: WorkName,
  sides: readonly string[],
  effort: Effort,
  say: (text: string) => void,
): Promise<Samples> {
  const work = works[name]
  const samples: Samples = new Map(sides.map(side => [side, []]))
  const rounds = effort.short ? 1 : (work.rounds ?? 3)
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      samples.get(side)!.push(await runSide(name, work, side, effort))
      say('.')
    }
  }
  return samples
}

function judge(row: Row, samples: Samples): Measured {
  const series = (side: string | undefined): readonly number[] | undefined => {
    const figures = side === undefined ? undefined : samples.get(side)?.map(figure => figure[row.figure]!)
    const above = row.above === undefined ? undefined : samples.get(row.above)?.map(figure => figure[row.figure]!)
    return figures?.map((figure, round) => figure - (above?.[round] ?? 0))
  }
  const ours = series(oursOf(row))!
  const theirs = series(row.theirs)
  const quotients = theirs?.map((figure, round) => figure / ours[round]!)
  const timesBetter = row.goal !== undefined && 'timesBetter' in row.goal
  const ratio =
    quotients === undefined
      ? null
      : median(quotients.map(quotient => (timesBetter && row.higherIsBetter !== true ? quotient : 1 / quotient)))
  const own = median(ours)
  const result = {
    work: row.work,
    peer: row.peer,
    ours: rounded(own),
    theirs: theirs === undefined ? null : rounded(median(theirs)),
    unit: row.unit,
    ratio: ratio === null || !Number.isFinite(ratio) ? null : rounded(ratio),
  }
  if (row.goal === undefined) return { row, result, missedByFar: false }
  const distance = distanceTo(row.goal, own, ratio)
  return {
    row,
    result: { ...result, goal: goalText(row.goal, row.unit), met: distance <= 1 },
    missedByFar: distance > 2,
  }
}

function oursOf(row: Row): string {
  return row.ours ?? 'orderscope'
}

/** 1: just reached; 2: half of what was wanted. */
function distanceTo(goal: Goal, ours: number, ratio: number | null): number {
  if ('atMost' in goal) return goal.atMost === 0 ? (ours <= 0 ? 0 : Number.POSITIVE_INFINITY) : ours / goal.atMost
  if (ratio === null || Number.isNaN(ratio)) return Number.POSITIVE_INFINITY
  return 'timesBetter' in goal ? goal.timesBetter / ratio : ratio / goal.shareOfTheirs
}

function goalText(goal: Goal, unit: string): string {
  if ('timesBetter' in goal) return `≥ ${goal.timesBetter} ×`
  if ('shareOfTheirs' in goal) return `≤ ${goal.shareOfTheirs} ×`
  return goal.atMost === 0 ? `0 ${unit}` : `≤ ${goal.atMost} ${unit}`
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
