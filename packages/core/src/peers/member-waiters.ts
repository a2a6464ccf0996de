import { abortable } from '../abort.ts'
import { MeshError } from '../errors.ts'

/** Those that wait until a peer has become a member. */
export function createMemberWaiters() {
  const waiting = new Map<string, Set<(isMember: boolean) => void>>()

  /** The peer has become a member, or has gone. */
  function settle(peerId: string, isMember: boolean): void {
    for (const resolve of waiting.get(peerId) ?? []) resolve(isMember)
    waiting.delete(peerId)
  }

  return {
    settle,
    /** Resolves when the peer has become a member. Rejects when it goes before, or with the signal's reason. */
    async wait(peerId: string, signal: AbortSignal): Promise<void> {
      const settled = new Promise<boolean>((resolve) => {
        waiting.set(peerId, (waiting.get(peerId) ?? new Set()).add(resolve))
      })
      if (!(await abortable(settled, signal))) throw new MeshError('ERR_TRANSPORT', `${peerId} showed no proof`)
    },
    stop(): void {
      for (const peerId of waiting.keys()) settle(peerId, false)
    }
  }
}
