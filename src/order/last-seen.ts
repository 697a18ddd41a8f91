import { orderStages } from '../catalog/attributes.js'
import type { ControlBlock } from '../channel/control-block.js'
import type { Effect, OrderProjection, Transition } from './transition.js'

/** Notes the stage and order that the loop is working on, for whoever asks while it hangs. */
export class LastSeen implements OrderProjection {
  readonly #control: () => ControlBlock | undefined

  constructor(control: () => ControlBlock | undefined) {
    this.#control = control
  }

  onTransition({ order, effects }: Transition): void {
    if (order === undefined) return
    for (const effect of effects) {
      const stage = stageOf(effect)
      if (stage !== undefined) this.#control()?.enterStage(orderStages.indexOf(stage), order.clientId ?? order.rootId)
    }
  }
}

function stageOf(effect: Effect): (typeof orderStages)[number] | undefined {
  if (effect.kind === 'stage_started' || effect.kind === 'stage_ended') return effect.stage
  return effect.kind === 'executed' ? 'fill' : undefined
}
