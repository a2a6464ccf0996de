import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import { toMeshError } from '../errors.ts'
import type { Emit } from '../events.ts'

export interface SourcesOptions {
  discovery: readonly Discovery[]
  emit: Emit
  localNow: () => number
  self(): PeerRecord
  found(record: PeerRecord, source: string): void
}

/** The file registry's records expire after five minutes; others take longer. */
const announceMs = 60_000
/** Backoff of a source that fails: doubled from one round to the next, up to this many rounds. */
const maxRoundsBetween = 20

/** Every way to learn of members: started, told of this one, and tried again where it fails. */
export function createSources({ discovery, emit, localNow, self, found }: SourcesOptions) {
  let stopped = false

  const sources = discovery.map((source) => {
    let started: Promise<void> | undefined
    let failures = 0
    let retryRound = 0
    let announced = ''
    let announcedAt = 0
    let busy = false
    let warned = false

    async function run(): Promise<void> {
      started ??= source
        .start((record) => found(record, source.name))
        .catch((error) => {
          started = undefined
          throw error
        })
      await started
      if (stopped) return
      const record = self()
      const said = record.addresses.join()
      // A reader that finds no address here may not look again for half a minute.
      if (said === '' && announced === '') return
      if (said === announced && localNow() - announcedAt < announceMs) return
      await source.announce(record)
      announced = said
      announcedAt = localNow()
    }

    function failed(cause: unknown, round: number): void {
      failures++
      retryRound = round + Math.min(2 ** failures, maxRoundsBetween)
      if (stopped || warned) return
      warned = true
      emit('warning', toMeshError('ERR_DISCOVERY', `discovery by ${source.name} failed and is tried again`, cause))
    }

    return {
      stop: () => source.stop(),
      tick(round: number) {
        if (busy || round < retryRound || stopped) return
        busy = true
        run()
          .then(
            () => {
              failures = 0
            },
            (cause) => failed(cause, round)
          )
          .finally(() => {
            busy = false
          })
      }
    }
  })

  return {
    /** `round` counts up with each call. */
    tick(round: number): void {
      for (const source of sources) source.tick(round)
    },
    async stop(): Promise<void> {
      stopped = true
      await Promise.allSettled(sources.map((source) => source.stop()))
    }
  }
}
