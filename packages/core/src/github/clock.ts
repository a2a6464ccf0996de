import { LRU } from 'tiny-lru'
import { quotaOf } from './rate-limit.ts'

/** GitHub's clock as this member knows it. */
export interface Clock {
  /** Milliseconds since the epoch, corrected. */
  now(): number
  /** The local clock as it was never set back: what `learn` and `sentAt` are told. */
  local(): number
  /** The latest that it can be by GitHub's own answers: no answer from before what bears this time may count as later. */
  most(): number
  /**
   * The same, or what members report, whichever is later, however far that is: a bound for what must not be missed because this
   * clock is slow. What another member does with it must not trust it either.
   */
  latest(): number
  /**
   * When a request was sent, by the local time at which it was: the earliest that GitHub's answers allow. A clock that is off is
   * known to a second and the time of a call, and what an answer shows must not seem to be from after a write that it does not show.
   */
  sentAt(local: number): number
  /** True once an own answer's `Date` was read, which browsers do not let us. */
  readonly fromOrigin: boolean
  /**
   * Members report a time that is further from the local clock than they may move it: one side is wrong, and how old a member's
   * answer is cannot be told before GitHub's own clock has been read.
   */
  readonly isDoubtful: boolean
  /** Learns from GitHub's own answer and the local times at which its request was sent and its head came. */
  learn(headers: Headers, sentAt: number, receivedAt: number): void
  /** Learns what a member says GitHub's clock shows now; used only while the origin's own `Date` cannot be read. */
  hear(peerId: string, githubNow: number): void
}

const heardPeers = 64
/** GitHub counts no limit over a longer time than an hour; a minute more for what is rounded or a little old. */
const quotaWindowMs = 3_600_000
const quotaSlackMs = 60_000

type Bounds = readonly [least: number, most: number]
const anything: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** What agrees with none of the answers before comes after a change of the local clock. */
const narrowed = ([least, most]: Bounds, from: number, to: number): Bounds =>
  from <= most && to >= least ? [Math.max(least, from), Math.min(most, to)] : [from, to]

const within = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most)

/**
 * What has to be added to the local clock, in milliseconds, by the `Date` of an answer and the local times at which its
 * request was sent and its head came: the least change of `known`, for `Date` counts whole seconds. Undefined for no date.
 */
export function clockOffsetMs(date: string | null, sentAt: number, receivedAt: number, known = 0): number | undefined {
  const said = Date.parse(date ?? '')
  return Number.isNaN(said) ? undefined : Math.min(Math.max(known, said - receivedAt), said + 999 - sentAt)
}

/**
 * The wall clock, but for being set back: then what has passed since counts, or old answers would be young again. One that is
 * set forward is followed, as after a machine has slept.
 */
function steady(wallNow: () => number, monotonicNow: () => number): () => number {
  let ahead = Number.NEGATIVE_INFINITY
  return () => {
    const passed = monotonicNow()
    ahead = Math.max(ahead, wallNow() - passed)
    return Math.round(passed + ahead)
  }
}

/**
 * Where `Date` cannot be read, `x-ratelimit-reset` can: it is ahead of GitHub's clock by an hour at most. The local clock,
 * put between those bounds, is what counts, and members, however many and whatever they say, move it by no more than
 * `maxHeardMs`: one of them may be a liar with many names.
 */
export function createClock(wallNow: () => number, maxHeardMs: number, monotonicNow?: () => number): Clock {
  const localNow = monotonicNow ? steady(wallNow, monotonicNow) : wallNow
  localNow() // what is set back before the first question counts too
  const heard = new LRU<number>(heardPeers)
  let own: number | undefined
  // Between what the offset is, by `Date`, and by the hour of the rate limit. A clock that agrees with GitHub's is taken to be right.
  let second = anything
  let hour = anything
  let last = { local: 0, at: 0 }

  function guesses(): { alone: number; median: number } {
    const alone = within(0, ...hour)
    const sorted = [...heard.entries()].map(([, offsetMs]) => offsetMs ?? 0).sort((a, b) => a - b)
    return { alone, median: sorted[sorted.length >> 1] ?? alone }
  }

  function guess(): number {
    const { alone, median } = guesses()
    return within(within(median, alone - maxHeardMs, alone + maxHeardMs), ...hour)
  }

  /**
   * Once an answer bears a time, members do not set this clock back, or a later one would seem to be older: it runs at half its
   * speed until it is right.
   */
  function guessedAt(local: number): number {
    const guessed = local + guess()
    const passed = local - last.local
    // `>>` is wrong above 24 days, and what it gives is far behind the guess then.
    const slowly = last.at + Math.min(passed, passed >> 1)
    // Members cannot have set it back by more: GitHub has shown that the local clock was wrong.
    return slowly - guessed > 2 * maxHeardMs ? guessed : Math.max(guessed, slowly)
  }

  const at = (local: number, offsetMs = own ?? 0) => (own === undefined ? guessedAt(local) : local + (own && offsetMs))

  const clock: Clock = {
    local: localNow,
    now: () => at(localNow()),
    most: () => at(localNow(), second[1]),
    latest: () => Math.max(clock.most(), own === undefined ? localNow() + guesses().median : 0),
    sentAt(local) {
      const sent = { local, at: at(local, second[0]) }
      if (sent.at > last.at) last = sent
      return sent.at
    },
    get fromOrigin() {
      return own !== undefined
    },
    get isDoubtful() {
      const { alone, median } = guesses()
      return own === undefined && Math.abs(median - alone) > maxHeardMs
    },
    learn(headers, sentAt, receivedAt) {
      const date = headers.get('date')
      own = clockOffsetMs(date, sentAt, receivedAt, own) ?? own
      const said = Date.parse(date ?? '')
      if (said) second = narrowed(second, said - receivedAt, said + 999 - sentAt)
      const resetAt = quotaOf(headers)?.resetAt
      if (resetAt)
        hour = narrowed(hour, resetAt - quotaWindowMs - quotaSlackMs - receivedAt, resetAt + quotaSlackMs - sentAt)
    },
    hear(peerId, githubNow) {
      heard.set(peerId, githubNow - localNow())
    }
  }
  return clock
}
