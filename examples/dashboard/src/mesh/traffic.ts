import type { MeshStats } from 'ghmesh'

/** Who answered within one minute. */
export interface Minute {
  /** Its start, in milliseconds since the epoch. */
  at: number
  own: number
  members: number
  github: number
  stale: number
}

export interface Traffic {
  minutes: Minute[]
  /** The totals that are in the minutes already. */
  seen: Answered
}

export type Answered = Omit<Minute, 'at'>

const minuteMs = 60_000
const mostMinutes = 30
const none: Answered = { own: 0, members: 0, github: 0, stale: 0 }

export const noTraffic: Traffic = { minutes: [], seen: none }

/** The mesh's counters in the four words of the chart. */
export const answeredOf = (stats: MeshStats): Answered => ({
  own: stats.hits + stats.collapsed,
  members: stats.peerHits,
  github: stats.misses + stats.revalidated,
  stale: stats.stale
})

/** Adds what was answered since the last call to the current minute. The same traffic when nothing changed. */
export function addTraffic(traffic: Traffic, total: Answered, now: number): Traffic {
  const at = Math.floor(now / minuteMs) * minuteMs
  // A clock that was set back would add all to the last minute until it is there again. Some seconds do no harm.
  const isSetBack = (traffic.minutes.at(-1)?.at ?? at) > at + minuteMs
  const last = isSetBack ? undefined : traffic.minutes.at(-1)
  const kinds = Object.keys(none) as (keyof Answered)[]
  if (last?.at === at && kinds.every((kind) => total[kind] === traffic.seen[kind])) return traffic
  const minutes = last ? [...traffic.minutes] : emptyMinutes(at)
  for (let next = (last?.at ?? at) + minuteMs; next <= at; next += minuteMs) minutes.push({ at: next, ...none })
  const current = { ...(minutes.at(-1) as Minute) }
  for (const kind of kinds) current[kind] += total[kind] - traffic.seen[kind]
  return { minutes: [...minutes.slice(0, -1), current].slice(-mostMinutes), seen: total }
}

/** A full width from the start, so that bars do not change theirs. */
const emptyMinutes = (until: number): Minute[] =>
  Array.from({ length: mostMinutes }, (_, index) => ({ at: until - (mostMinutes - 1 - index) * minuteMs, ...none }))
