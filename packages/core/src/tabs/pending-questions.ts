import { MeshError } from '../errors.ts'
import type { Question } from './messages.ts'

const noAnswer = 'the tab that leads does not answer; close or reload it, and try again'

interface Pending {
  question: Question
  taken?: boolean
  timer?: ReturnType<typeof setTimeout>
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Questions that wait for their answer: `answerMs` until a tab takes them, then `doneMs`. */
export function createPendingQuestions(post: (question: Question) => void, answerMs: number, doneMs: number) {
  const pending = new Map<number, Pending>()

  function giveUpAfter(ms: number, one: Pending): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(() => settle(one.question.id)?.reject(new MeshError('ERR_TRANSPORT', noAnswer)), ms)
  }

  function send(one: Pending): void {
    one.taken = false
    giveUpAfter(answerMs, one)
    try {
      post(one.question)
    } catch (error) {
      settle(one.question.id)?.reject(error as Error) // what cannot be copied, as a value
    }
  }

  /** It waits no more. */
  function settle(id: number): Pending | undefined {
    const one = pending.get(id)
    pending.delete(id)
    clearTimeout(one?.timer)
    return one
  }

  return {
    ask: (question: Question) =>
      new Promise<unknown>((resolve, reject) => {
        const one = { question, resolve, reject }
        pending.set(question.id, one)
        send(one)
      }),
    /** Sends all of them again, because the tab that took them has gone. */
    askAgain: () => pending.forEach(send),
    /** Counts once: any page of the origin can say it, again and again. */
    taken(id: number): void {
      const one = pending.get(id)
      if (!one || one.taken) return
      one.taken = true
      giveUpAfter(doneMs, one)
    },
    settle,
    settleAll: () => [...pending.keys()].flatMap((id) => settle(id) ?? [])
  }
}
