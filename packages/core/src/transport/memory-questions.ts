import { abortable } from '../abort.ts'
import { toMeshError } from '../errors.ts'
import type { MemoryNode } from './memory-hub.ts'

/** Answers under way, by who gives them: they end when that one goes. */
export function createMemoryQuestions(ownId: string) {
  const asked = new Map<string, Set<AbortController>>()
  return {
    /** Asks a neighbour; gives the frames of its answer in order. */
    async *ask(
      id: string,
      { handlers }: MemoryNode,
      bytes: Uint8Array,
      signal: AbortSignal | undefined
    ): AsyncGenerator<Uint8Array> {
      const gone = new AbortController()
      const answers = asked.get(id) ?? new Set()
      asked.set(id, answers.add(gone))
      const ended = signal ? AbortSignal.any([signal, gone.signal]) : gone.signal
      const frames = handlers.request(ownId, bytes.slice(), { signal: ended })[Symbol.asyncIterator]()
      try {
        for (;;) {
          const frame = await abortable(frames.next(), ended)
          if (frame.done) return
          yield frame.value.slice()
        }
      } catch (cause) {
        throw signal?.aborted ? signal.reason : toMeshError('ERR_TRANSPORT', `the answer of ${id} broke off`, cause)
      } finally {
        answers.delete(gone)
        void frames.return?.()
      }
    },
    /** A neighbour went away. */
    gone(id: string): void {
      for (const answer of asked.get(id) ?? []) answer.abort(new Error(`${id} went away`))
      asked.delete(id)
    }
  }
}
