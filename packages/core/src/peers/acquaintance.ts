import type { Limits } from '../limits.ts'
import type { ToldMember } from '../protocol/wire.ts'
import { presenceIntervalMs } from './presence.ts'
import type { Roster } from './roster.ts'

export interface AcquaintanceOptions {
  /** The members that a member knows. */
  ask(peerId: string): Promise<ToldMember[]>
  /** Takes what is said of a member; true when nothing was known of it. */
  told(member: ToldMember): boolean
  roster: Pick<Roster, 'isMember' | 'known'>
  limits: Pick<Limits, 'membersAskedMs' | 'presenceMs' | 'presencePerMemberMs'>
  random: () => number
}

/** With more members known, an answer is longer, and asked for the more seldom: so many are told of within `membersAskedMs`. */
const toldAtOnce = 16

/**
 * Members tell each other of members, in pairs, as an epidemic spreads: all are known to all after a few
 * rounds, at the price of a question for each round and member, where a message from each to all costs N for each member.
 */
export function createAcquaintance({ ask, told, roster, limits, random }: AcquaintanceOptions) {
  // Those that understand the question.
  const informed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMs = 0
  let dueAt = Number.POSITIVE_INFINITY
  let stopped = false

  const soonMs = () => limits.membersAskedMs * Math.max(1, roster.known().length / toldAtOnce)

  function schedule(inMs: number): void {
    waitMs = inMs
    clearTimeout(timer)
    const delayMs = inMs * (0.8 + 0.4 * random())
    dueAt = performance.now() + delayMs
    timer = setTimeout(() => void next(), delayMs)
  }

  async function learn(peerId: string): Promise<boolean> {
    let isNews = false
    for (const member of await ask(peerId)) isNews = told(member) || isNews
    return isNews
  }

  async function next(peerId = drawn()): Promise<void> {
    dueAt = Number.POSITIVE_INFINITY
    const isNews = peerId !== undefined && (await learn(peerId))
    if (stopped) return
    const slowest = presenceIntervalMs(limits, roster.known().length)
    if (informed.size > 0) schedule(isNews ? soonMs() : Math.min(2 * waitMs, slowest))
  }

  const drawn = (): string | undefined => {
    const all = [...informed]
    return all[Math.floor(random() * all.length)]
  }

  return {
    /** A member has come that understands the question. */
    met(peerId: string): void {
      if (stopped) return
      informed.add(peerId)
      // The first one is asked at once; later ones soon, together with others that come.
      if (informed.size === 1 && timer === undefined) {
        waitMs = limits.membersAskedMs
        dueAt = performance.now()
        timer = setTimeout(() => void next(peerId), 0)
      } else if (performance.now() + soonMs() < dueAt) schedule(soonMs())
    },
    lost: (peerId: string): void => void informed.delete(peerId),
    stop(): void {
      stopped = true
      clearTimeout(timer)
    }
  }
}
