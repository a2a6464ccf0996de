import { LRUCache } from 'lru-cache'

/** Whether a repository is public, and which name stands behind an id: only by this member's own answers. */
export interface Visibility {
  /** What is known without asking; undefined when it is not, or too old. */
  known(repository: string): boolean | undefined
  /** When an own answer showed that it is public, ms; undefined where none did, or it is too long ago. */
  publicAt(repository: string): number | undefined
  /** Looks it up where it is not known; each repository once at a time. Rejects as `lookUp` does, which asks GitHub. */
  isPublic(repository: string, lookUp: () => Promise<boolean>): Promise<boolean>
  /** Learns from an own answer's repository object. */
  learn(repository: string, isPublic: boolean): void
  /** Learns that `/repositories/{id}` and `/repos/{name}` are one. */
  learnAlias(id: string, name: string): void
  nameOf(id: string): string | undefined
}

export interface VisibilityOptions {
  now: () => number
  visibilityMs: number
  aliasMs: number
}

const maxRepositories = 10_000

export function createVisibility({ now, visibilityMs, aliasMs }: VisibilityOptions): Visibility {
  const seen = new LRUCache<string, { isPublic: boolean; at: number }>({ max: maxRepositories })
  const aliases = new LRUCache<string, { name: string; at: number }>({ max: maxRepositories })
  const asked = new Map<string, Promise<boolean>>()

  const lately = (repository: string) => {
    const found = seen.get(repository)
    return found && now() - found.at < visibilityMs ? found : undefined
  }

  const visibility: Visibility = {
    known: (repository) => lately(repository)?.isPublic,
    publicAt(repository) {
      const found = lately(repository)
      return found?.isPublic ? found.at : undefined
    },
    async isPublic(repository, lookUp) {
      const known = visibility.known(repository)
      if (known !== undefined) return known
      const looking = asked.get(repository) ?? lookUp().finally(() => asked.delete(repository))
      asked.set(repository, looking)
      const isPublic = await looking
      visibility.learn(repository, isPublic)
      return isPublic
    },
    learn: (repository, isPublic) => void seen.set(repository, { isPublic, at: now() }),
    learnAlias: (id, name) => void aliases.set(id, { name, at: now() }),
    nameOf(id) {
      const alias = aliases.get(id)
      return alias && now() - alias.at < aliasMs ? alias.name : undefined
    }
  }
  return visibility
}
