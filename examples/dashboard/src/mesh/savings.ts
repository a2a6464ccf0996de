/** What a team saved, by day, as far as this browser has seen it. */
export interface Savings {
  /** By day, as `2026-11-27` of local time, the oldest first. */
  days: Record<string, number>
  /** When it was last looked at, in milliseconds since the epoch. */
  at: number
  /** Each member's own total at that time. */
  totals: Record<string, number>
}

const maxDays = 14
/** A member that tells of itself under ever new names must not fill the storage. */
const maxMembers = 200

export const noSavings: Savings = { days: {}, at: 0, totals: {} }

export const dayOf = (at: number): string => {
  const date = new Date(at)
  const two = (count: number) => String(count).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/**
 * Adds what members have saved since the last look. `totals`: of each by name, since it was started. What was saved before the
 * first look, or since a look on another day, is of no known day and is left out.
 */
export function addSavings(savings: Savings, totals: Record<string, number>, now: number): Savings {
  const today = dayOf(now)
  const isSameDay = dayOf(savings.at) === today
  const known = Object.entries(totals).slice(0, maxMembers)
  let added = 0
  for (const [name, total] of known) {
    const before = Object.hasOwn(savings.totals, name) ? savings.totals[name] : undefined
    if (before === undefined || !isSameDay) continue
    // One that was started again counts from nothing.
    added += total < before ? total : total - before
  }
  const days = { ...savings.days, [today]: (savings.days[today] ?? 0) + added }
  return {
    days: Object.fromEntries(Object.entries(days).sort().slice(-maxDays)),
    at: now,
    // Those that are away may come back.
    totals: Object.fromEntries([...known, ...Object.entries(savings.totals)].slice(0, maxMembers).reverse())
  }
}

/** What was kept; nothing for anything else, which another page of this origin may have written. */
export function savingsIn(text: string | undefined): Savings {
  try {
    const { days, at, totals } = JSON.parse(text ?? '{}')
    const isCounts = (value: unknown) =>
      typeof value === 'object' && value !== null && Object.values(value).every((count) => Number.isFinite(count))
    return isCounts(days) && isCounts(totals) && Number.isFinite(at) ? { days, at, totals } : noSavings
  } catch {
    return noSavings
  }
}
