import type { Bytes } from './bytes.ts'
import { type Confirmations, uniteConfirmations } from './confirmations.ts'

/**
 * How far an entry's ETag reaches. `portable`: computed from body and request headers, so every token has its own;
 * `object`: the id of a git object, the same for all; `verbatim`: only with the token that fetched it; `none`.
 */
export type ValidatorClass = 'portable' | 'object' | 'verbatim' | 'none'

/** One cached response: the one record that is stored, sent and checked. Never changed, only replaced. */
export interface Entry {
  /** As asked, or after redirects; without fragment. */
  readonly url: string
  /** Class of the `Accept` that was sent, see `github/key.ts`. */
  readonly accept: string
  readonly apiVersion: string
  readonly body: Bytes
  /** Hex SHA-256 of the body. */
  readonly hash: string
  /** Response headers by allow-list, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** When the request that last showed this body was sent; ms on GitHub's clock. */
  readonly asOf: number
  readonly validator: ValidatorClass
  /** Kept for git object ids only: every other ETag is bound to a token. */
  readonly etag?: string | undefined
  /** An own answer showed that everybody may read it; from a member: it says so. */
  readonly public: boolean
  /**
   * When that was shown or said, ms on GitHub's clock: a day later it is looked up again. Of an own entry that is not public:
   * when it was shown to be private; undefined while nothing has shown which of the two it is.
   */
  readonly publicAt?: number | undefined
  /** It was fetched without a token. */
  readonly anonymous: boolean
  /** The body depends on who asks. */
  readonly variant: boolean
  /** Never to be shared: it carries a credential or a private profile, or its route is the viewer's own. */
  readonly local: boolean
  /** How long GitHub says it is fresh. */
  readonly maxAgeMs: number
  /** Length of the array that the body is. */
  readonly items?: number | undefined
  /** Peer id of the member it came from; absent when it is this member's own. */
  readonly from?: string | undefined
  /** When it was taken from a member, ms on GitHub's clock. */
  readonly takenAt?: number | undefined
  /** What each viewer's own answers last said of this body. */
  readonly confirmed: Confirmations
}

/** All that a member holds under one key: one body, or up to four that different viewers see; newest first. */
export interface Holding {
  readonly key: string
  readonly entries: readonly Entry[]
}

/** What is told of an entry before its body. */
export interface EntrySummary {
  url: string
  hash: string
  asOf: number
  byteLength: number
  public: boolean
  local: boolean
  headers: Readonly<Record<string, string>>
}

const newestFirst = (a: Entry, b: Entry) => b.asOf - a.asOf || (a.hash < b.hash ? 1 : -1)

/**
 * A holding with one more entry. In whatever order entries arrive, once or often, the result is the same:
 * within a body the newer `asOf` wins, and of bodies that are no variants only the newest stays.
 */
export function merge(entries: readonly Entry[], incoming: Entry, maxVariants: number): Entry[] {
  const same = entries.find(({ hash }) => hash === incoming.hash)
  const others = entries.filter((entry) => entry !== same)
  const all = [...others, same ? unite(same, incoming) : incoming].sort(newestFirst)
  const newestPlain = all.find(({ variant }) => !variant)
  return all
    .filter((entry) => entry.variant || entry === newestPlain)
    .slice(0, all.some(({ variant }) => variant) ? maxVariants : 1)
}

/** Two sightings of one body: what an own answer showed stands against what a member says; else the newer wins. */
function unite(a: Entry, b: Entry): Entry {
  const facts = strongerFirst(a, b) < 0 ? a : b
  const asOf = Math.max(a.asOf, b.asOf)
  return {
    ...facts,
    asOf,
    // The first time counts, or repeating it would put off the look of one's own for ever.
    takenAt: facts.from === undefined ? undefined : Math.min(a.takenAt ?? asOf, b.takenAt ?? asOf),
    variant: a.variant || b.variant,
    local: a.local || b.local,
    confirmed: uniteConfirmations(a.confirmed, b.confirmed)
  }
}

const strongerFirst = (a: Entry, b: Entry): number =>
  Number(a.from !== undefined) - Number(b.from !== undefined) ||
  shownAt(b) - shownAt(a) ||
  Number(b.public) - Number(a.public) ||
  ((a.from ?? '') < (b.from ?? '') ? -1 : 1)

// A member's touch makes `asOf` newer, but not what this member's own answer showed.
const shownAt = ({ from, asOf, confirmed }: Entry) => (from ? asOf : Math.max(0, ...Object.values(confirmed)))
