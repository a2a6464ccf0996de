import { sha256Hex, utf8 } from '../bytes.ts'

const defaultMediaType = 'application/vnd.github+json'

// Absent, any, JSON, GitHub's JSON with or without version, and the retired previews: one representation.
const plainJson =
  /^(?:\*\/\*|application\/json|application\/vnd\.github(?:\.v3)?(?:\+json)?|application\/vnd\.github\.[\w-]+-preview(?:\+json)?)$/

/** What an `Accept` header asks for: GitHub's default JSON in all its spellings is one class, others count verbatim. */
export function acceptClass(accept: string | null): string {
  const types = (accept ?? '').split(',').map((type) => type.trim().toLowerCase())
  return types.every((type) => type === '' || plainJson.test(type.split(';')[0]?.trim() ?? '')) &&
    !/charset|q=0/.test(accept ?? '')
    ? defaultMediaType
    : (accept ?? '').trim()
}

/**
 * The version that GitHub and GitHub Enterprise Server answer in where a request names none, "2022-11-28" until further notice
 * (https://docs.github.com/rest/about-the-rest-api/api-versions). An answer that says otherwise is not kept.
 */
const defaultApiVersion = '2022-11-28'

/** What an `X-GitHub-Api-Version` header asks for: the default is one class with none, and is called nothing. */
export const versionClass = (version: string | null): string =>
  version === null || version === defaultApiVersion ? '' : version

/** GitHub names raw files and rendered pages `...raw+json` and `...html+json`, which are no JSON. */
export const isJson = (mediaType: string): boolean =>
  /^application\/(?!vnd\.github[\w.-]*\.(?:raw|html)\b)(?:[\w.+-]+\+)?json\b/.test(mediaType)

/** The media types for which a file comes as it is: https://docs.github.com/rest/repos/contents */
export const isRaw = (mediaType: string): boolean =>
  /^application\/vnd\.github(?:\.v3)?\.raw(?:\+json)?$/.test(mediaType)

/** What identifies an entry, apart from who may see it. */
export interface KeyParts {
  /** Canonical: see `canonicalUrl`. */
  url: string
  accept: string
  /** See `versionClass`. */
  apiVersion: string
  /** Set for answers that only this viewer may get. */
  viewer?: string | undefined
}

/** The URL by which an entry is known: no fragment, sorted query, owner and repository in lower case. */
export function canonicalUrl(url: URL): string {
  const canonical = new URL(url)
  canonical.hash = ''
  canonical.searchParams.sort()
  // GitHub compares owner and repository without case; everything after them counts, and so does a slash at the end.
  canonical.pathname = canonical.pathname.replace(/^(?:\/api\/v3)?\/(?:repos\/[^/]+|orgs|users)\/[^/]+/, (owner) =>
    owner.toLowerCase()
  )
  return canonical.href
}

/** SHA-256 of the canonical text, hex. */
export function keyOf({ url, accept, apiVersion, viewer = '' }: KeyParts): Promise<string> {
  return sha256Hex(utf8(['ghmesh/1 response', url, accept, apiVersion, viewer].join('\n')))
}

/** The key of a named value; values and responses never meet. */
export const valueKeyOf = (name: string): Promise<string> => sha256Hex(utf8(`ghmesh/1 value\n${name}`))
