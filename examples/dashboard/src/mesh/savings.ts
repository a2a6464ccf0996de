/** What a team saved, by day, as far as this browser has seen it. */
export interface Savings {
  /** By day, as `2026-11-27` of local time, the oldest first. */
  days: Record<string, number>
  /** By name, as they were last looked at. */
  members: Record<string, Counted>
}

interface Counted {
  /** The member's own total. */
  total: number
  /** The tab that counts it. Tabs hear of a new total at different times, so two of them would count the same savings twice. */
  by: string
  /** In milliseconds since the epoch. */
  at: number
}

/** When the tab that counts has not looked for this long, another one takes its place. */
const goneMs = 6000
/** A lower total may just be an older one, which another tab still has. After this long, the member was started again. */
const olderMs = 120_000
const maxDays = 14
/** A member that tells of itself under ever new names must not fill the storage. */
const maxMembers = 200

export const noSavings: Savings = { days: {}, members: {} }

export const dayOf = (at: number): string => {
  const date = new Date(at)
  const two = (count: number) => String(count).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/**
 * Adds what members have saved since the last look. `totals`: of each by name, since it was started. What was saved before the
 * first look, or since a look on another day, is of no known day and is left out. `tab`: the name of the one that looks.
 */
export function addSavings(savings: Savings, totals: Record<string, number>, now: number, tab: string): Savings {
  const today = dayOf(now)
  const members = new Map(Object.entries(savings.members))
  let added = 0
  for (const [name, total] of Object.entries(totals).slice(0, maxMembers)) {
    const before = members.get(name)
    const isLower = before !== undefined && total < before.total
    const sinceMs = before ? now - before.at : 0
    // A look of later is from before the clock was set back: that tab may be gone.
    if (before && before.by !== tab && sinceMs >= 0 && sinceMs < (isLower ? olderMs : goneMs)) continue
    // One that was started again counts from nothing.
    if (before && dayOf(before.at) === today) added += isLower ? total : total - before.total
    members.set(name, { total, by: tab, at: now })
  }
  const days = { ...savings.days, [today]: (savings.days[today] ?? 0) + added }
  return {
    days: Object.fromEntries(Object.entries(days).sort().slice(-maxDays)),
    // Those that are away may come back.
    members: Object.fromEntries([...members].sort(([, a], [, b]) => b.at - a.at).slice(0, maxMembers))
  }
}

/** What was kept; nothing for anything else, which another page of this origin may have written. */
export function savingsIn(text: string | undefined): Savings {
  try {
    const { days, members = {} } = JSON.parse(text ?? '{}')
    return isAll(days, Number.isFinite) && isAll(members, isCounted) ? { days, members } : noSavings
  } catch {
    return noSavings
  }
}

const isAll = (value: unknown, check: (one: unknown) => boolean) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check)

function isCounted(value: unknown): boolean {
  const { total, by, at } = (value ?? {}) as Partial<Counted>
  return Number.isFinite(total) && typeof by === 'string' && Number.isFinite(at)
}
