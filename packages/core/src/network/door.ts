import { createAccept } from '../exchange/accept.ts'
import { createAcceptValue } from '../exchange/accept-value.ts'
import { createShelf, type Shelf } from '../exchange/shelf.ts'
import type { Knowledge } from './knowledge.ts'
import type { Side } from './side.ts'

/** Where what comes from others goes into the cache: by members, and by relays that keep it for them. */
export function createDoor(side: Side, { reputation, responseTimes, shareable, unasked }: Knowledge) {
  const { group, transport, relays, own } = side
  const { cache, counters, emit, limits, localNow, githubNow, mayShare } = own
  const door = { cache, counters, emit, check: own.check, unasked, shareable, mayShare }
  const shelf = (): Shelf =>
    createShelf({
      group,
      relays: new Set(relays.map((address) => address.split('/').at(-1))).size,
      transport,
      cache,
      limits,
      reputation,
      responseTimes,
      counters,
      // Who left it is only as sure as the relay's word, so nobody loses a reputation for it.
      accept: createAccept({ ...door, reputation: { ...reputation, reject: (_from, why) => counters.rejected(why) } }),
      mayShare,
      purges: own.purges,
      settle: own.settle,
      localNow
    })
  return {
    accept: createAccept({ ...door, reputation }),
    acceptValue: createAcceptValue({ cache, shareable, reputation, limits, emit, githubNow, unasked }),
    shelf: relays.length === 0 ? undefined : shelf()
  }
}

export type Door = ReturnType<typeof createDoor>
