/** More of them in one mutation are not looked for. */
export const maxNamed = 20

/** A page's URL or path, in what GitHub answers. */
const pages = /"(?:url|permalink|resourcePath)":\s*"(?:https?:\/\/([^/"]+))?\/([\w.-]+\/[\w.-]+)(?=[/"#?])/g

/** A repository's own name, which is also how a mutation names one. */
const names = /"(?:repositoryN|n)ameWithOwner":\s*"([\w.-]+\/[\w.-]+)"/g

/** What a page's path begins with that is not in a repository. */
const noOwner =
  /^(?:advisories|apps|collections|enterprises|login|marketplace|notifications|organizations|orgs|search|settings|sponsors|stars|topics|users)\//

/** Nodes that are in no repository: in their ids stands the number of an account, or of themselves. */
const inNoRepository = /^(?:BOT|E|G|O|PVT|S|T|TD|U|UL)$/

/** Whether a mutation may change who can read a repository. */
export const changesRepository = (request: string): boolean => /Repository\b/.test(request)

/** Whether it makes a repository, which may have a name that was another one's. */
export const makesRepository = (request: string): boolean => /\b(?:create|cloneTemplate)Repository\b/.test(request)

/** Whether what a mutation changes shows outside of repositories, too: stars, projects, what belongs to accounts. */
export function changesElsewhere(request: string): boolean {
  const accounts =
    /Enterprise|Follow|Notification|Organization|Project|Repository\b|Sponsor|Star|Subscription|Team|User/
  try {
    return accounts.test(JSON.parse(request).query)
  } catch {
    return true
  }
}

/** Whether it names something by an id of the old form (base64 of `05:Issue1`), in which no repository stands. */
export const hasOldId = (request: string): boolean => /"MD[\w+/]{6,}={0,2}"/.test(request)

/**
 * The repositories that a mutation and its answer name, as `owner/repo` or `repositories/id`. `webHost`: of GitHub's pages; those of
 * others have paths of their own. Ids of GitHub's nodes contain the number of their repository: MessagePack of [0, repository,
 * node] (seen so, not documented).
 */
export function repositoriesIn(request: string, answer: string, webHost: string): string[] {
  const found = new Set<string>()
  const said = answer.replaceAll('\\/', '/')
  for (const [, host, name = ''] of said.matchAll(pages))
    if (!noOwner.test(name) && [undefined, webHost, 'github.com'].includes(host)) found.add(name.toLowerCase())
  for (const [, name = ''] of (request + said).matchAll(names)) found.add(name.toLowerCase())
  for (const [, kind = '', id = ''] of (request + said).matchAll(/"([A-Z][A-Za-z]{0,7})_([\w-]{6,40})"/g)) {
    const number = inNoRepository.test(kind) ? undefined : repositoryInId(id)
    if (number !== undefined) found.add(`repositories/${number}`)
  }
  return [...found].slice(0, maxNamed)
}

function repositoryInId(id: string): number | undefined {
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.from(atob(id.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
  const [list = 0, version, kind = 0] = bytes
  // A list of two or three, the first of them 0; then a number of 7, 8, 16 or 32 bits.
  if ((list !== 0x92 && list !== 0x93) || version !== 0) return undefined
  if (kind < 0x80) return kind
  const length = { 204: 1, 205: 2, 206: 4 }[kind]
  if (length === undefined || bytes.byteLength < 3 + length) return undefined
  return bytes.subarray(3, 3 + length).reduce((number, byte) => number * 256 + byte, 0)
}
