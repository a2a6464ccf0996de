import { equal, fromHex, hex, plain, sha256Hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import type { Api } from '../github/api.ts'
import { holdsToken, type Inspection, inspect } from '../github/inspect.ts'
import { acceptClass, canonicalUrl, isJson, keyOf, versionClass } from '../github/key.ts'
import { linkHeader, tellableLinks } from '../github/links.ts'
import { mayContinue } from '../github/may-continue.ts'
import { numberedLinks, pageNumbers } from '../github/page-numbers.ts'
import { hasCredential } from '../github/request.ts'
import type { Route } from '../github/routes.ts'
import type { Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { EntryHead } from '../protocol/wire.ts'
import { type Refusal, refusalOfBody, refusalOfHead, refusalOfOwnBody } from '../rules/accept.ts'
import { isForAll } from '../rules/share.ts'
import { synthesisedHeaders } from './synthesised-headers.ts'

/** What is sent of an entry before its body. */
export function headOf(entry: Entry): EntryHead {
  const { url, accept, apiVersion, asOf, hash, body, validator, etag, anonymous, variant } = entry
  const asked = new URL(url)
  const links = tellableLinks(entry.headers.link, asked)
  const pages = pageNumbers(links ?? {}, asked)
  return {
    url,
    accept,
    apiVersion,
    asOf: Math.round(asOf),
    hash: fromHex(hash),
    size: body.byteLength,
    validator,
    etag,
    public: entry.public,
    anonymous,
    variant,
    ...(links && { links }),
    ...(Object.keys(pages).length > 0 && { pages })
  }
}

/**
 * The `Link` header that a head stands for, empty for none. Undefined where it makes no sense, or where it says nothing of a
 * list that may go on: members of an older version lose every link but page numbers, and the list would seem to end here.
 */
export function linkIn(
  { url, accept, links, pages }: Pick<EntryHead, 'url' | 'accept' | 'links' | 'pages'>,
  found: Pick<Inspection, 'items' | 'list'>
): string | undefined {
  const asked = new URL(url)
  if (!links && !pages && isJson(accept) && mayContinue(found, asked)) return undefined
  return linkHeader(links ?? numberedLinks(pages ?? {}), asked)
}

export interface HeadCheck {
  api: Api
  routeOf(path: string): Route
  limits: Limits
  /** GitHub's clock, ms. */
  githubNow: number
  /** Heads come from members that hold this viewer's token, and are of what it sees. */
  viewer?: string | undefined
}

/** Whether a head may be true, before its body is asked for. Resolves to the key it is for, or to why it cannot be. */
export async function checkHead(
  head: EntryHead,
  wireKey: Uint8Array,
  group: Names,
  { api, routeOf, limits, githubNow, viewer }: HeadCheck
): Promise<{ key: string } | Refusal> {
  const url = URL.parse(head.url)
  const path = url ? api.pathOf(url) : undefined
  if (!url || path === undefined || canonicalUrl(url) !== head.url || acceptClass(head.accept) !== head.accept)
    return 'key'
  if (hasCredential(url)) return 'credential'
  const route = routeOf(path)
  const refusal = refusalOfHead(head, route, { githubNow, limits, sameToken: viewer !== undefined })
  if (refusal) return refusal
  const told = await keyOf(head)
  if (!equal(await group.wireKey(told), wireKey)) return 'key'
  const apiVersion = versionClass(head.apiVersion)
  const isOne = viewer === undefined || isForAll(route, viewer)
  if (isOne && apiVersion === head.apiVersion) return { key: told }
  return { key: await keyOf({ ...head, apiVersion, viewer: isOne ? undefined : viewer }) }
}

/** A member's head and body as an entry, or why it cannot be believed. Nothing is taken from the member but facts that were checked. */
export async function entryFromMember(
  head: EntryHead,
  body: Uint8Array,
  from: string,
  { api, routeOf, githubNow, limits, viewer }: HeadCheck
): Promise<Entry | Refusal> {
  if (body.byteLength !== head.size) return 'size'
  const hash = hex(head.hash)
  if ((await sha256Hex(body)) !== hash) return 'hash'
  const json = isJson(head.accept)
  const route = routeOf(api.pathOf(new URL(head.url)) ?? '')
  const seen = await inspect(body, json, api.repositoryOf(head.url))
  const found = { ...seen, hidden: seen.hidden || (route.hidesDrafts === true && seen.draft) }
  const { anonymous } = head
  const sameToken = viewer !== undefined
  const refusal = sameToken
    ? refusalOfOwnBody(found, await holdsToken(body))
    : refusalOfBody(found, { anonymous, json, looksLikeJson: looksLikeJson(body) })
  if (refusal) return refusal
  const link = linkIn(head, found)
  if (link === undefined) return 'links'
  return {
    url: head.url,
    accept: head.accept,
    apiVersion: versionClass(head.apiVersion),
    body: plain(body),
    hash,
    headers: synthesisedHeaders(head.accept, json, link),
    asOf: head.asOf,
    validator: head.validator,
    etag: head.validator === 'object' ? head.etag : undefined,
    // Those who hold a token tell what it sees, and not who else does.
    public: head.public && !sameToken,
    publicAt: head.public && !sameToken ? githubNow : undefined,
    anonymous: head.anonymous && !sameToken,
    variant: found.variant || head.variant,
    local: sameToken && (found.hidden || found.secret || !isForAll(route, viewer)),
    maxAgeMs: found.unfinished ? 0 : limits.freshMs,
    items: found.items,
    from,
    takenAt: githubNow,
    confirmed: {}
  }
}

const looksLikeJson = (body: Uint8Array) => body[0] === 0x7b || body[0] === 0x5b || body[0] === 0x22
