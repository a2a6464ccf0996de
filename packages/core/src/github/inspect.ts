import { inSlices } from '../in-slices.ts'
import { type JsonVisitor, scanJson } from './scan-json.ts'

/** What a body says about itself. */
export interface Inspection {
  /** It depends on who asked: it names permissions or settings of the viewer. */
  variant: boolean
  /** It carries a credential or a private profile, so it is never shared. Neither is a body that claims to be JSON and is not. */
  secret: boolean
  /** It says it is JSON and is not: cut off on its way, or the page of a proxy. */
  damaged: boolean
  /**
   * It names what only some may see, wherever that stands: a private repository other than the one that was asked about, a team,
   * values of an organisation's fields. A viewer with a token may have got it because of that token.
   */
  hidden: boolean
  /** Something in it is a draft: a release, or a pull request, where that shows to everybody. */
  draft: boolean
  /**
   * GitHub is still finding out a part of it: whether an open pull request can be merged. Of a closed one it never says so
   * (https://docs.github.com/rest/pulls/pulls#get-a-pull-request).
   */
  unfinished: boolean
  /** Length of the array that the body is; undefined for anything else. */
  items?: number | undefined
  /** Of an object: how many items its lists have, and how many there are on all pages, where it says so. */
  list: { items: number; total?: number }
  /** What a repository object says of itself: the body, or the repository that was asked about wherever it stands in it. */
  repository?: { id: string; name: string; public: boolean } | undefined
}

const viewerField = /^(?:permissions|role_name|viewer_\w+|current_user_\w+|security_and_analysis|allow_\w+_merge)$/
const privateField = /^(?:(?:total_|owned_)?private_repos|private_gists|billing_email|two_factor_\w+)$/
const inThreeBytes = (first: number, second: number, third: number) => (first << 16) | (second << 8) | third
// The first three bytes of every name above and of those that `createVisitor` looks at; the third of `id` is the quote behind it.
const beginnings = new Set(
  'per rol vie cur sec all tot own pri bil two tem id" ful vis dra iss par mer sta'
    .split(' ')
    .map((three) => inThreeBytes(three.charCodeAt(0), three.charCodeAt(1), three.charCodeAt(2)))
)

/** Whether an issue's URL is one of a repository, `owner/repo` in lower case. */
const isIssueOf = (url: string, repository: string | undefined) =>
  url.toLowerCase().replace(/\d+$/, '').endsWith(`/repos/${repository}/issues/`)

// Prefixes of GitHub's token formats: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
const token = /\b(?:gh[pousr]|github_pat)_\w{20}/g
const credential = new RegExp(String.raw`${token.source}|(?:[?&]|\\u0026)(?:access_)?token=[^&"\\\s]`, 'g')
/** Longer than any match of `credential` and the byte before it, so that one across two slices is seen whole. */
const overlapBytes = 64
const sliceBytes = 256 * 1024

/**
 * Looks into a body once, when it is stored, in one pass and without holding up anything else. What is not JSON is searched as
 * text. `asked`: the repository of the request, `owner/repo` or `repositories/id` in lower case.
 */
export async function inspect(body: Uint8Array, json: boolean, asked?: string): Promise<Inspection> {
  const found: Inspection = {
    variant: false,
    secret: await inSlices(findCredential(body)),
    damaged: false,
    hidden: false,
    draft: false,
    unfinished: false,
    list: { items: 0 }
  }
  if (!json) return found
  const scanned = await inSlices(scanJson(body, createVisitor(found, asked)))
  if (!scanned) return { ...found, secret: true, damaged: true, repository: undefined }
  found.list.items = scanned.inner
  return scanned.items === undefined ? found : { ...found, items: scanned.items }
}

/** Whether a body contains a token, which any reader could use. */
export const holdsToken = (body: Uint8Array): Promise<boolean> => inSlices(findCredential(body, token))

/** Leniently decoded: a byte that is not UTF-8 must not hide what stands beside it. */
function* findCredential(body: Uint8Array, pattern = credential): Generator<undefined, boolean> {
  const decoder = new TextDecoder()
  for (let from = 0; from < body.byteLength; from += sliceBytes) {
    if (from > 0) yield
    const start = Math.max(0, from - overlapBytes)
    // The first character of a later slice may be the end of a longer word.
    pattern.lastIndex = start > 0 ? 1 : 0
    if (pattern.test(decoder.decode(body.subarray(start, from + sliceBytes)))) return true
  }
  return false
}

/** What an object says of being a repository, so far as it has been read. */
interface Facts {
  id?: unknown
  name?: unknown
  private?: unknown
  isHidden?: boolean
}

/** Of a property that stands twice, what hides more counts: readers of JSON differ in which one they take. */
function createVisitor(found: Inspection, asked: string | undefined): JsonVisitor {
  const facts: (Facts | undefined)[] = []
  let isOpen = false
  let isUncertain = false

  return {
    mayMatter: (first, second, third) => beginnings.has(inThreeBytes(first, second, third)),
    property(name, value, depth) {
      if (viewerField.test(name)) found.variant = true
      else if (privateField.test(name) || (name === 'temp_clone_token' && value)) found.secret = true
      else if (
        // A team's: https://docs.github.com/rest/teams/teams says that teams show to members of their organisation only.
        (name === 'privacy' && typeof value === 'string') ||
        // So do, by default, values of an organisation's fields: https://docs.github.com/rest/orgs/issue-fields.
        name === 'issue_field_id' ||
        // Whether that issue's repository is public does not show.
        (name === 'parent_issue_url' && value !== null && !isIssueOf(String(value), asked))
      )
        found.hidden = true
      else if (name === 'draft' && value === true) found.draft = true
      else if (name === 'state' && depth === 1) isOpen = value === 'open'
      else if (name === 'mergeable' && depth === 1) isUncertain = value === null
      else if (name === 'total_count' && depth === 1 && typeof value === 'number') found.list.total = value
      if (!/^(?:id|full_name|private|visibility)$/.test(name)) return
      facts[depth] ??= {}
      const of = facts[depth]
      if (name === 'id') of.id = value
      else if (name === 'full_name') of.name = value
      else if (name === 'visibility') of.isHidden ||= value !== 'public'
      else {
        of.private = typeof of.private === 'boolean' && of.private ? true : value
        of.isHidden ||= value === true
      }
    },
    endOfObject(depth) {
      if (depth === 1) found.unfinished = isOpen && isUncertain
      const of = facts[depth]
      facts[depth] = undefined
      if (!of) return
      const id = typeof of.id === 'number' ? String(of.id) : undefined
      const name = typeof of.name === 'string' ? of.name.toLowerCase() : undefined
      const isAsked = asked !== undefined && (name === asked || `repositories/${id}` === asked)
      if (of.isHidden && !isAsked) found.hidden = true
      if ((depth > 1 && !isAsked) || id === undefined || name === undefined || typeof of.private !== 'boolean') return
      found.repository = { id, name, public: !of.isHidden && found.repository?.public !== false }
    }
  }
}
