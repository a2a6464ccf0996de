import { pause } from './pause.ts'

/** Runs work that stops by itself now and then (`yield`), and lets others run at each stop. */
export async function inSlices<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await pause()
  }
}
