import type { Publish } from '../exchange/publish.ts'
import { purgesToTell } from '../exchange/told-purges.ts'
import type { Members } from '../members.ts'
import type { Company } from '../peers/company.ts'
import type { Door } from './door.ts'
import type { Knowledge } from './knowledge.ts'
import type { Side } from './side.ts'

type Telling = Pick<Members, 'hears' | 'unsettled' | 'announce' | 'touched' | 'purge' | 'hidden'>

/** What this member says to all, and leaves with relays for those that come later. */
export function createTelling(
  { own }: Side,
  { shareable, unsettled }: Knowledge,
  { shelf }: Door,
  { roster }: Company,
  publish: Publish
): Telling {
  const { limits, mayShare } = own
  return {
    hears(key, entry, awaited) {
      // Where members do not get through to homes, as on a machine that is too busy, each look-up would make it worse.
      const isWanted = awaited || roster.known().length <= limits.fewMembers
      return (roster.list().length > 0 && isWanted) || (shelf?.wants(key, entry) ?? false)
    },
    unsettled(key, entry) {
      unsettled.add(key)
      shelf?.unsettled(key, entry)
    },
    announce(key, entry) {
      void shareable.add(key, entry.hash, entry.asOf).then(() => publish.announce(key, entry))
      shelf?.leave(key, entry)
    },
    touched(key, entry) {
      if (!mayShare(entry)) return
      void shareable.add(key, entry.hash, entry.asOf)
      publish.touch(key, entry.hash, entry.asOf)
      shelf?.leave(key, entry)
    },
    async purge(targets, asOf) {
      for (const target of targets) shelf?.takeAway(target)
      for (const target of targets) own.purges.told(own.purges.normalise(target) ?? target)
      await Promise.all(purgesToTell(targets, own.check().api).map((what) => publish.purge(what, asOf)))
    },
    hidden(names) {
      for (const name of names) shelf?.takeAway(name)
    }
  }
}
