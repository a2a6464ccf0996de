/** More of them in one mutation are not looked for. */
const maxNamed = 20

const named = [
  // What GitHub answers: a page's URL or path, or a repository's own name.
  /"(?:url|permalink|resourcePath|homepageUrl)":"(?:https?:\/\/[^/"]+)?\/([\w.-]+\/[\w.-]+)(?=[/"#?])/g,
  /"nameWithOwner":"([\w.-]+\/[\w.-]+)"/g
]

/** Whether a mutation may change who can read a repository. */
export const changesRepository = (request: string): boolean => /Repository\b/.test(request)

/** Whether it makes a repository, which may have a name that was another one's. */
export const makesRepository = (request: string): boolean => /\b(?:create|cloneTemplate)Repository\b/.test(request)

/**
 * The repositories that a mutation and its answer name, as `owner/repo` or `repositories/id`. Ids of GitHub's nodes contain the
 * number of their repository: MessagePack of [0, repository, node] (seen so, not documented; a wrong one makes nothing worse).
 */
export function repositoriesIn(request: string, answer: string): string[] {
  const found = new Set<string>()
  const text = answer.replaceAll('\\/', '/')
  for (const pattern of named) for (const [, name] of text.matchAll(pattern)) found.add((name as string).toLowerCase())
  for (const [, , id] of (request + answer).matchAll(/"([A-Z][A-Za-z]{0,7})_([\w-]{6,40})"/g)) {
    const number = repositoryInId(id as string)
    if (number !== undefined) found.add(`repositories/${number}`)
  }
  const [, owner] = /"owner":\s*"([\w.-]+)"/.exec(request) ?? []
  const [, repo] = /"(?:name|repo|repository)":\s*"([\w.-]+)"/.exec(request) ?? []
  if (owner !== undefined && repo !== undefined) found.add(`${owner}/${repo}`.toLowerCase())
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
