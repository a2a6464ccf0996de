import { fromHex, hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Roster } from '../peers/roster.ts'
import type { Peer } from '../transport/transport.ts'
import type { createAccept } from './accept.ts'
import { transferMs } from './frames.ts'
import { homesOf } from './homes.ts'
import type { Wanted } from './prefetch.ts'
import type { Providers } from './providers.ts'
import type { PeerAnswer } from './read-answer.ts'
import type { PeerRequests } from './request.ts'
import type { Values } from './values.ts'

/** Asks members for what they hold; what they send is checked and then in the cache. */
export interface Lookup {
  /**
   * Asks the members most likely to have something newer than what is held, within the budget for members; where nobody else
   * can be asked, as long as it takes to send the largest body. Never rejects.
   */
  find(key: string, options: { held?: Entry | undefined; nobodyElse: boolean }): Promise<void>
  /** Fetches a body that a member has announced. Resolves to how many bytes came. */
  pull(wanted: Wanted): Promise<number>
  /** The connected members that hold this very body now. */
  holders(key: string, hash: string): Promise<Peer[]>
}

export interface LookupOptions {
  group: Group
  limits: Pick<Limits, 'membersBudgetMs'>
  roster: Pick<Roster, 'list'>
  reputation: Pick<Reputation, 'hears'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking'>
  providers: Pick<Providers, 'of'>
  requests: Pick<PeerRequests, 'first' | 'get'>
  accept: ReturnType<typeof createAccept>
  acceptValue: Values['take']
}

/** Members asked for one key; the second where the first is slow. */
const maxAsked = 2

export function createLookup(options: LookupOptions): Lookup {
  const { group, limits, roster, reputation, responseTimes, providers, requests, accept, acceptValue } = options
  const isWorthAsking = (peerId: string) => reputation.hears(peerId) && responseTimes.isWorthAsking(peerId)

  /** The members to ask, the best first. */
  function candidates(wireName: string, held: Entry | undefined): string[] {
    const members = roster.list().map(({ id }) => id)
    const newer = providers
      .of(wireName)
      .filter(({ peerId, asOf }) => members.includes(peerId) && asOf > (held?.asOf ?? 0))
      .map(({ peerId }) => peerId)
    // With an entry in hand, only a member that has said to have a newer one is worth the wait.
    const wanted = newer.length > 0 ? newer : held ? [] : homesOf(wireName, members, 2 * maxAsked)
    return wanted.filter(isWorthAsking).slice(0, maxAsked)
  }

  /** `named`: the group in whose names the wire key was said. */
  async function take(answer: PeerAnswer, wireKey: Uint8Array, named: Group, asked: boolean): Promise<void> {
    const { from, body } = answer
    if (answer.kind === 'entry') await accept({ head: answer.head, wireKey, group: named, from, body, asked })
    else if (body) await acceptValue(answer.head, wireKey, named, from, body)
  }

  async function find(
    key: string,
    { held, nobodyElse }: { held?: Entry | undefined; nobodyElse: boolean }
  ): Promise<void> {
    const wireKey = await group.wireKey(key)
    const maxWaitMs = limits.membersBudgetMs + (nobodyElse ? transferMs : 0)
    const how = { held: held && fromHex(held.hash), maxWaitMs }
    const answer = await requests.first(candidates(hex(wireKey), held), wireKey, how)
    if (answer) await take(answer, wireKey, group, true)
  }

  return {
    find: (key, how) => find(key, how).catch(() => {}),
    async pull({ peerId, wireKey, named }) {
      const answer = responseTimes.isWorthAsking(peerId) ? await requests.get(peerId, wireKey) : undefined
      if (answer) await take(answer, wireKey, named, false)
      return answer?.body?.byteLength ?? 0
    },
    async holders(key, hash) {
      const wireKey = await group.wireKey(key)
      const peers = roster.list()
      const answers = await Promise.all(peers.map(({ id }) => requests.get(id, wireKey, fromHex(hash))))
      return peers.filter((_peer, i) => answers[i] && hex(answers[i].head.hash) === hash)
    }
  }
}
