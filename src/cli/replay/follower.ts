import type { Told } from './replayer.js'

/** Someone who follows a log besides the report: may hold the reading up, and has a say in the exit code. */
export interface Follower {
  /** A promise only when there is something to wait for. */
  follow(told: Told): Promise<void> | undefined
  /** The log is over; gives an exit code. */
  end(logEnd: number | undefined): Promise<number>
}
