import { type Reached, reach } from '../probe/reach.ts'

/** The relays behind some addresses, by peer id, each with what its best address told. */
export async function reachRelays(
  addresses: readonly string[],
  waitMs: number,
  signal: AbortSignal
): Promise<Map<string, Reached>> {
  const found = new Map<string, Reached>()
  const each = [...new Set(addresses)].map(async (address) => ({
    id: relayOf(address),
    reached: await reach(address, waitMs, signal)
  }))
  for (const { id, reached } of await Promise.all(each)) {
    const known = found.get(id)
    if (!known || rank(reached) > rank(known)) found.set(id, reached)
  }
  return found
}

/** The peer id at the end of an address. */
const relayOf = (address: string): string => address.slice(address.lastIndexOf('/') + 1)

/** An address that cannot be dialled from here at all, such as a browser's transport, tells the least. */
const rank = (reached: Reached): number => ('report' in reached ? 2 : reached.why.reason === 'unsupported' ? 0 : 1)
