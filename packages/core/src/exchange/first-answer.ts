import type { ResponseTimes } from '../peers/response-times.ts'
import { createPatientTimer } from './patient-timer.ts'

export interface FirstAnswerOptions<T> {
  /** The best first. */
  peerIds: readonly string[]
  /** Asks one peer; resolves to undefined where it has nothing. Never rejects. */
  ask(peerId: string, signal: AbortSignal): Promise<T | undefined>
  /** After this, the next one is asked as well. */
  hedgeMs: number
  maxWaitMs: number
  responseTimes: Pick<ResponseTimes, 'overtaken' | 'late'>
}

/** The first of some peers that has an answer, within `maxWaitMs`; the next one is asked when one is slow or has nothing. */
export function firstAnswer<T>(options: FirstAnswerOptions<T>): Promise<T | undefined> {
  const { peerIds, ask, hedgeMs, maxWaitMs, responseTimes } = options
  if (peerIds.length === 0) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    let open = peerIds.length
    let next = 0
    let hedge: ReturnType<typeof setTimeout> | undefined
    const underWay = new Map<string, { control: AbortController; startedAt: number }>()

    /** `isBusy`: this thread may have heard nobody. */
    function settle(answer: T | undefined, isBusy = false): void {
      clearTimeout(hedge)
      end.stop()
      const now = performance.now()
      for (const [peerId, { control, startedAt }] of underWay) {
        if (answer) responseTimes.overtaken(peerId, now - startedAt)
        else if (!isBusy && now - startedAt > maxWaitMs / 2) responseTimes.late(peerId)
        control.abort()
      }
      underWay.clear()
      resolve(answer)
    }

    function askNext(): void {
      clearTimeout(hedge)
      const peerId = peerIds[next++]
      if (peerId === undefined) return
      if (next < peerIds.length) hedge = setTimeout(askNext, hedgeMs)
      const control = new AbortController()
      underWay.set(peerId, { control, startedAt: performance.now() })
      void ask(peerId, control.signal).then((answer) => {
        if (!underWay.delete(peerId)) return
        open--
        if (answer) settle(answer)
        else if (open === 0) settle(undefined)
        else askNext()
      })
    }

    const end = createPatientTimer((isBusy) => settle(undefined, isBusy))
    end.start(maxWaitMs)
    askNext()
  })
}
