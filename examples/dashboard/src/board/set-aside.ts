import type { Mark } from '../mesh/marks.ts'
import type { AttentionItem } from './attention.ts'
import type { RepositoryRow } from './repository-row.ts'

/** What needs attention, and what somebody has dealt with for now. */
export interface Divided {
  needing: AttentionItem[]
  aside: { item: AttentionItem; mark: Mark }[]
  /** What the reader has taken: it still needs them. */
  own: ReadonlySet<string>
}

/** Snoozed for all, or taken by somebody else: set aside. */
export function divide(
  items: readonly AttentionItem[],
  marks: ReadonlyMap<string, Mark>,
  me: string | undefined,
  now: number
): Divided {
  const needing: AttentionItem[] = []
  const aside: Divided['aside'] = []
  const own = new Set<string>()
  for (const item of items) {
    const mark = marks.get(item.key)
    if (!mark || mark.until <= now) needing.push(item)
    else if (mark.kind === 'taken' && mark.by === me) {
      own.add(item.key)
      needing.push(item)
    } else aside.push({ item, mark })
  }
  return { needing, aside, own }
}

/** What is known at some moment, to tell what is new at the next. */
export interface Known {
  /** What needs attention, by reason and key. */
  items: ReadonlySet<string>
  /** Of which repositories the default branch is known (`owner/name`), and of which the pull requests (`owner/name#`). */
  sources: ReadonlySet<string>
}

const nameOf = ({ reason, key }: AttentionItem) => `${reason} ${key}`

/** Of what needs attention, what did not before. Where nothing was known before, it may have needed it all along. */
export const newAmong = (items: readonly AttentionItem[], before: Known): AttentionItem[] =>
  items.filter((item) => before.sources.has(item.key.replace(/#\d+$/, '#')) && !before.items.has(nameOf(item)))

/** `me`: undefined without a token, whose owner's pull requests need attention by what is read together with the branch. */
export const knownOf = (
  items: readonly AttentionItem[],
  repositories: readonly Pick<RepositoryRow, 'name' | 'standing' | 'branch'>[],
  me: string | undefined
): Known => ({
  items: new Set(items.map(nameOf)),
  sources: new Set(
    repositories.flatMap(({ name, standing, branch }) => {
      if (standing !== 'known') return []
      if (branch) return [name, `${name}#`]
      return me === undefined ? [`${name}#`] : []
    })
  )
})
