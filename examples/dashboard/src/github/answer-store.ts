import type { Answers } from './answer.ts'

/** Of fifty repositories come hundreds of answers at once: the page is drawn once for all that come within this time. */
const drawMs = 30

export interface AnswerStore {
  all(): Answers
  replace(by: Answers): void
  subscribe(listener: () => void): () => void
}

/** Answers by path, at first these, and those who draw them. */
export function createAnswerStore(answers: Answers): AnswerStore {
  let isTelling = false
  const listeners = new Set<() => void>()
  return {
    all: () => answers,
    replace(by) {
      answers = by
      if (isTelling) return
      isTelling = true
      setTimeout(() => {
        isTelling = false
        for (const listener of listeners) listener()
      }, drawMs)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
