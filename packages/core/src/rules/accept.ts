import type { Inspection } from '../github/inspect.ts'
import type { Route } from '../github/routes.ts'
import type { Limits } from '../limits.ts'
import type { EntryHead } from '../protocol/wire.ts'

/** Why a member's entry was dropped; counted in `stats().rejected`. */
export type Refusal =
  | 'key'
  | 'route'
  | 'future'
  | 'old'
  | 'size'
  | 'hash'
  | 'content'
  | 'credential'
  | 'private'
  | 'links'

// These can happen among honest members: another version's routes, a clock, an old store.
const honest = new Set<Refusal>(['route', 'future', 'old', 'credential', 'private', 'links'])

/** Whether a refusal counts against the member that sent it, or is only counted. */
export const isHonest = (reason: Refusal): boolean => honest.has(reason)

type Head = Pick<EntryHead, 'asOf' | 'size' | 'variant' | 'anonymous' | 'public'>

export interface HeadLimits {
  /** GitHub's clock, ms. */
  githubNow: number
  limits: Pick<Limits, 'clockSkewMs' | 'keepMs' | 'entryBytes'>
  /** It comes from a member that holds the token which it is for. */
  sameToken: boolean
}

/** Why a head cannot be accepted, before its body is asked for: each line is one reason. */
export function refusalOfHead(head: Head, route: Route, how: HeadLimits): Refusal | undefined {
  const { githubNow, limits, sameToken } = how
  // Nothing of it is kept anywhere.
  if (route.sharing === 'none') return 'route'
  // Honest members call what varies a variant, and a variant is served to nobody on their word.
  if (route.varies && !head.variant) return 'route'
  // For routes that depend on the viewer, members share only what is shown without a token.
  const isForAll = route.sharing === 'group' || (route.sharing === 'anonymous' && head.anonymous && head.public)
  if (!isForAll && !sameToken) return 'route'
  // A wrong clock, or one that wants to count as the newest for ever.
  if (head.asOf > githubNow + limits.clockSkewMs) return 'future'
  // It would be deleted at once.
  if (githubNow - head.asOf > limits.keepMs) return 'old'
  return head.size > limits.entryBytes ? 'size' : undefined
}

/**
 * The same for a body of what one token sees, from a member that holds it too: it may be private, and carry what GitHub made for
 * that token alone, such as a URL of a file, but no token.
 */
export const refusalOfOwnBody = ({ damaged }: Pick<Inspection, 'damaged'>, holdsToken: boolean): Refusal | undefined =>
  damaged ? 'content' : holdsToken ? 'credential' : undefined

/** Why a body cannot be accepted, though it is the one that its head names. */
export function refusalOfBody(
  { secret, hidden }: Pick<Inspection, 'secret' | 'hidden'>,
  { anonymous, json, looksLikeJson }: { anonymous: boolean; json: boolean; looksLikeJson: boolean }
): Refusal | undefined {
  // `secret` with a JSON type and no JSON in it: a captive portal's page, say.
  if (secret) return json && !looksLikeJson ? 'content' : 'credential'
  return hidden && !anonymous ? 'private' : undefined
}
