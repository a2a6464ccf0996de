import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Transport } from '../transport/transport.ts'
import { createPatientTimer } from './patient-timer.ts'
import { createPerPeerLimit } from './per-peer-limit.ts'

export type Frames = AsyncGenerator<Uint8Array, void, void>

export interface FramesOptions {
  transport: Pick<Transport, 'request'>
  reputation: Pick<Reputation, 'reject'>
  responseTimes: Pick<ResponseTimes, 'late'>
  limits: Pick<Limits, 'transfersPerPeer' | 'frameBytes'>
}

/** How long a body can take once its head has come, where nobody waits for it or nobody else can be asked. */
export const transferMs = 5000
/** Between two frames of a body. */
const silenceMs = 1000

/**
 * Sends a question to a peer. Yields the frames of its answer: the first within `budgetMs`, the others without long silence and
 * within `transferMs` together.
 */
export function createFrames({ transport, reputation, responseTimes, limits }: FramesOptions) {
  // As many as a member answers at once; it would refuse the rest.
  const places = createPerPeerLimit(limits.transfersPerPeer)

  return async function* (peerId: string, bytes: Uint8Array, budgetMs: number, signal?: AbortSignal): Frames {
    const late = new AbortController()
    const control = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    const timer = createPatientTimer((isBusy) => {
      if (!isBusy) responseTimes.late(peerId)
      late.abort()
    })
    timer.start(budgetMs)
    let end: number | undefined
    let done = () => {}
    try {
      done = await places.take(peerId, control)
      for await (const frame of transport.request(peerId, bytes, { signal: control })) {
        end ??= performance.now() + transferMs
        timer.start(silenceMs, end - performance.now())
        if (frame.byteLength === 0 || frame.byteLength > limits.frameBytes) return reputation.reject(peerId, 'size')
        yield frame
      }
    } finally {
      timer.stop()
      done()
    }
  }
}

/** Takes the end of an answer in the background, so that its stream can carry the next question. */
export const drain = (frames: Frames): void =>
  void frames.next().then(
    ({ done }) => void (done || frames.return()),
    () => {}
  )
