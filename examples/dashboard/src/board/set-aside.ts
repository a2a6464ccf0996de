import type { Mark } from '../mesh/marks.ts'
import type { AttentionItem } from './attention.ts'

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

/** Of what needs attention, what did not before. */
export const newAmong = (items: readonly AttentionItem[], before: ReadonlySet<string>): AttentionItem[] =>
  items.filter(({ reason, key }) => !before.has(`${reason} ${key}`))

export const keysOf = (items: readonly AttentionItem[]): Set<string> =>
  new Set(items.map(({ reason, key }) => `${reason} ${key}`))
