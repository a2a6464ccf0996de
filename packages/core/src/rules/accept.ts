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
}

/** Why a head cannot be accepted, before its body is asked for: each line is one reason. */
export function refusalOfHead(head: Head, route: Route, { githubNow, limits }: HeadLimits): Refusal | undefined {
  // Honest members call what varies a variant, and a variant is served to nobody on their word.
  if (route.varies && !head.variant) return 'route'
  // For routes that depend on the viewer, members share only what is shown without a token.
  if (route.sharing !== 'group' && !(route.sharing === 'anonymous' && head.anonymous && head.public)) return 'route'
  // A wrong clock, or one that wants to count as the newest for ever.
  if (head.asOf > githubNow + limits.clockSkewMs) return 'future'
  // It would be deleted at once.
  if (githubNow - head.asOf > limits.keepMs) return 'old'
  return head.size > limits.entryBytes ? 'size' : undefined
}

/** Why a body cannot be accepted, though it is the one that its head names. */
export function refusalOfBody(
  { secret, hidden }: Pick<Inspection, 'secret' | 'hidden'>,
  { anonymous, json, looksLikeJson }: { anonymous: boolean; json: boolean; looksLikeJson: boolean }
): Refusal | undefined {
  // `secret` with a JSON type and no JSON in it: a captive portal's page, say.
  if (secret) return json && !looksLikeJson ? 'content' : 'credential'
  return hidden && !anonymous ? 'private' : undefined
}
