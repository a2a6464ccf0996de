import * as fc from 'fast-check'
import { transportContract } from '../../packages/core/src/contract/index.ts'
import { faultyNetwork } from './faulty-network.ts'
import { story } from './operations.ts'
import { runStory } from './run-story.ts'

describe('the model of a group', () => {
  describe('its transport, in fine weather', () => {
    const suite = transportContract({
      group: (count) => {
        const network = faultyNetwork(Math.random)
        return Array.from({ length: count }, () => network.transport())
      }
    })
    for (const { name, run } of suite) it(name, run)
  })

  for (const [runs, long] of [
    [10, ''],
    [60, ' [long]']
  ] as const)
    it(`keeps its promises whatever is lost, late, doubled, cut, private, purged, down or wrong about the time${long}`, async function () {
      const seed = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000)
      const numRuns = Number(process.env.MODEL_RUNS ?? runs)
      console.log(`      MODEL_SEED=${seed} MODEL_RUNS=${numRuns}`)
      this.timeout(120_000 + numRuns * 4000)
      const path = process.env.MODEL_PATH
      await fc.assert(fc.asyncProperty(story, runStory), {
        seed,
        numRuns,
        ...(path !== undefined && { path }),
        // A slow machine runs fewer of them, unless it was told how many.
        ...(process.env.MODEL_RUNS === undefined && { interruptAfterTimeLimit: 90_000 })
      })
    })
})
