import { type issuePages, maxPages, perPage } from './issue-pages.ts'

const title = 'p2p-peer-registry'
const introduction =
  'Members of a ghmesh group find each other here: one comment for each, kept by the members themselves. See the documentation of ghmesh, "discovery".'

/** Which issue of a repository is the registry. */
export interface RegistryIssue {
  /** Its number; undefined before it exists. */
  find(): Promise<number | undefined>
  /** Its number; creates it if it does not exist. */
  findOrMake(): Promise<number>
  /** It may have been deleted or moved: it is looked for again. */
  forget(): void
  /** What this member has made, if it has. */
  readonly made: number | undefined
  /** It is not there any more: another one may be made. */
  disown(): void
}

/** `issues`: the URL of the repository's issues. */
export function registryIssue(
  issues: string,
  pages: ReturnType<typeof issuePages>,
  write: (method: string, url: string, body: object) => Promise<Record<string, unknown>>
): RegistryIssue {
  let issue: number | undefined
  let made: number | undefined

  /** The lowest number of all issues; where they are too many, of the oldest, or else of those that changed last. */
  async function find(): Promise<number | undefined> {
    let listed = 0
    for (const [order, most] of [
      ['created&direction=asc', maxPages],
      ['updated&direction=desc', 1]
    ] as const) {
      if (issue !== undefined) break
      // A closed one too: its comments can be written, and members who know it stay there.
      for await (const found of pages.list(`${issues}?state=all&sort=${order}&per_page=${perPage}`, most)) {
        listed++
        if (found.title !== title || found.pull_request || typeof found.number !== 'number') continue
        issue = Math.min(issue ?? found.number, found.number)
      }
      if (listed < maxPages * perPage) break
    }
    return issue
  }

  return {
    find,
    async findOrMake() {
      const found = await find()
      if (found !== undefined) return found
      if (made === undefined) {
        made = Number((await write('POST', issues, { title, body: introduction })).number)
        // Somebody else may have made one at the same moment: all take the lowest.
        pages.forget()
        await find()
      }
      // Never a second one, for what was made may not be listed yet.
      issue = Math.min(issue ?? made, made)
      return issue
    },
    forget() {
      issue = undefined
    },
    get made() {
      return made
    },
    disown() {
      issue = made = undefined
      pages.forget()
    }
  }
}
