import { createRandom, type Random } from './random.js'

/** The venue has acted, and its answer gets lost: whoever asked knows nothing. */
export class LostAnswers {
  /** How likely, from 0 to 1. */
  probability: number
  readonly #random: Random

  constructor(probability: number, seed: number) {
    this.probability = probability
    this.#random = createRandom(seed, 'lost answers')
  }

  /** Only what has changed something: a question can be asked again. */
  loses(method: string | undefined, status: number): boolean {
    return method !== 'GET' && status === 200 && this.#random.chance(this.probability)
  }
}
