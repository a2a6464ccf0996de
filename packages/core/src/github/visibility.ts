import { LRU } from 'tiny-lru'
import { repositoryOf } from './routes.ts'

/** Whether a repository is public, and which name stands behind a number: only by this member's own answers. */
export interface Visibility {
  /** An own answer has shown that not everybody may read it, or makes that likely, and none since then that everybody may. */
  isHidden(repository: string): boolean
  /** An own answer has shown that it is public, however long ago, and none since then that it is not. */
  wasPublic(repository: string): boolean
  /** When an own answer showed that it is public, ms; undefined where none did lately. */
  publicAt(repository: string): number | undefined
  /** When an own answer last showed which of the two it is, ms; undefined where none did lately. */
  shownAt(repository: string): number | undefined
  /**
   * Whether it is public, looked up where no own answer has shown that lately, each repository once at a time. `lookUp` asks
   * GitHub, and what the answer shows is learnt on its way; rejects where nothing was.
   */
  isPublic(repository: string, lookUp: () => Promise<unknown>): Promise<boolean>
  /** Something makes it likely that it is public no more: what was shown until now does not count as lately. */
  doubt(repository: string): void
  /** Something in it was refused, to a question of `at`, ms: it is hidden until an answer to a later one shows that it is public. */
  suspect(repository: string, at: number): void
  /** It was refused to somebody: not public, until it is looked up for somebody who is shown it. */
  refused(repository: string, at: number): void
  /** Learns from an own answer to a request that was sent at `at`, ms; the newest counts. */
  learn(repository: string, isPublic: boolean, at: number): void
  /** Whether this API is known to show what is public to those without a token; an own answer to such a request tells. */
  isOpen: boolean
  /** Learns that two paths are one, as `/repositories/7` and `/repos/octo/tools`, from an own answer at `at`, ms; default now. */
  learnAlias(numbered: string, named: string, at?: number): void
  /** The named path that a numbered one was lately seen to be. */
  namedPath(numbered: string): string | undefined
  /** A repository's name and its other one, by name or id, where an own answer has shown it. */
  namesOf(repository: string): readonly string[]
}

export interface VisibilityOptions {
  githubNow: () => number
  /** How long ago "lately" is for a repository that is public, ms. */
  recentMs: number
  /** The same for one that is not: the longer, the later it is shared once it is made public. */
  visibilityMs: number
  aliasMs: number
  /** What is known of the API before it is asked: github.com is open. */
  isOpen: boolean
  /** These names of a repository turned out not to be public, by an own answer at `shownAt`, ms. */
  hidden(names: readonly string[], shownAt: number): void
}

const maxRepositories = 10_000

export function createVisibility(options: VisibilityOptions): Visibility {
  const { githubNow, recentMs, visibilityMs, aliasMs, hidden } = options
  const seen = new LRU<{ isPublic: boolean; at: number; doubted?: boolean }>(maxRepositories)
  const aliases = new LRU<{ named: string; at: number }>(maxRepositories)
  // The other name of each repository, by name and by id: what is learnt of one is true of both.
  const others = new LRU<string>(maxRepositories)
  const asked = new Map<string, Promise<unknown>>()
  const failedAt = new LRU<number>(maxRepositories)
  const suspectedAt = new LRU<number>(maxRepositories)

  const lately = (repository: string) => {
    const found = seen.get(repository)
    const isLate = !found || found.doubted || githubNow() - found.at >= (found.isPublic ? recentMs : visibilityMs)
    return isLate ? undefined : found
  }

  /** What a look-up shows; undefined where it shows nothing. */
  async function ask(repository: string, lookUp: () => Promise<unknown>) {
    // Where GitHub cannot say, it is not asked again for each of many answers.
    if (githubNow() - (failedAt.get(repository) ?? Number.NEGATIVE_INFINITY) < recentMs) return undefined
    const before = seen.get(repository)
    const looking = asked.get(repository) ?? lookUp()
    asked.set(repository, looking)
    await looking.catch(() => {})
    if (asked.get(repository) === looking) asked.delete(repository)
    const after = seen.get(repository)
    if (after !== before && !after?.doubted) return after
    failedAt.set(repository, githubNow())
    return undefined
  }

  const visibility: Visibility = {
    isOpen: options.isOpen,
    isHidden: (repository) => suspectedAt.has(repository) || seen.get(repository)?.isPublic === false,
    wasPublic: (repository) => seen.get(repository)?.isPublic === true,
    publicAt(repository) {
      const found = lately(repository)
      return found?.isPublic ? found.at : undefined
    },
    shownAt: (repository) => lately(repository)?.at,
    async isPublic(repository, lookUp) {
      const found = lately(repository) ?? (await ask(repository, lookUp))
      if (!found) throw new Error('the visibility of a repository is unknown')
      return found.isPublic
    },
    doubt(repository) {
      const found = seen.get(repository)
      if (found) seen.set(repository, { ...found, doubted: true })
      failedAt.delete(repository)
    },
    suspect(repository, at) {
      for (const name of visibility.namesOf(repository)) {
        suspectedAt.set(name, Math.max(at, suspectedAt.get(name) ?? 0))
        visibility.doubt(name)
        // What is under way was asked before.
        asked.delete(name)
      }
    },
    refused(repository, at) {
      visibility.learn(repository, false, at)
      visibility.doubt(repository)
    },
    learn(repository, isPublic, at) {
      const names = visibility.namesOf(repository)
      let turnedHidden = false
      for (const name of names) {
        const before = seen.get(name)
        if (before && before.at > at) continue
        const doubted = isPublic && at < (suspectedAt.get(name) ?? 0)
        seen.set(name, { isPublic, at, doubted })
        if (!doubted) suspectedAt.delete(name)
        turnedHidden ||= !isPublic && before?.isPublic !== false
      }
      failedAt.delete(repository)
      if (turnedHidden) hidden(names, at)
    },
    learnAlias(numbered, named, at = githubNow()) {
      const known = aliases.get(numbered)
      if (at > githubNow() || (known && known.at >= at)) return
      aliases.set(numbered, { named, at })
      const [id, name] = [repositoryOf(numbered), repositoryOf(named)]
      if (id === undefined || name === undefined) return
      others.set(name, id)
      others.set(id, name)
    },
    namedPath(numbered) {
      const alias = aliases.get(numbered)
      return alias && githubNow() - alias.at < aliasMs ? alias.named : undefined
    },
    namesOf(repository) {
      const other = others.get(repository)
      return other === undefined ? [repository] : [repository, other]
    }
  }
  return visibility
}

/**
 * Whether an API shows what is public to everybody, before it has been asked: github.com, and what stands in for it on this
 * machine. GitHub Enterprise Server's is `https://HOST/api/v3` (https://docs.github.com/enterprise-server/rest), and may not be.
 */
export const isOpen = ({ hostname, pathname }: URL): boolean =>
  hostname === 'api.github.com' || (/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) && pathname === '/')
