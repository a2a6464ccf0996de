import type { Entry } from '../entry.ts'
import type { Api } from '../github/api.ts'
import type { Inspection } from '../github/inspect.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import { pathOfRepository, showsRepository } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import { createAliases } from './aliases.ts'

export interface PublicityOptions {
  api: Api
  visibility: Visibility
  limits: Pick<Limits, 'visibilityMs'>
}

type Asked = Pick<ApiRequest, 'viewer' | 'repository'>

/** What this member's own answers show about a repository: who can read it, and its names. */
export function createPublicity({ api, visibility, limits }: PublicityOptions) {
  const { learnAlias } = createAliases({ api, visibility })
  return {
    /**
     * Whether everybody can read an answer, before its repository is looked up: yes if it came without a token, or if the
     * repository was recently seen to be public. A body that was public before stays so for a day, where nobody has it looked up.
     */
    of({ viewer, repository }: Asked, sentAt: number, held?: Entry): Pick<Entry, 'public' | 'publicAt'> {
      if (viewer === anonymous || repository === undefined) return { public: true, publicAt: sentAt }
      const publicAt = visibility.publicAt(repository)
      if (publicAt !== undefined) return { public: true, publicAt }
      const shownAt = visibility.shownAt(repository)
      if (shownAt !== undefined) return { public: false, publicAt: shownAt }
      const wasShown = held?.public && held.from === undefined && sentAt - (held.publicAt ?? 0) < limits.visibilityMs
      return wasShown && !visibility.isHidden(repository)
        ? { public: true, publicAt: held.publicAt }
        : { public: false, publicAt: held?.public ? undefined : held?.publicAt }
    },

    /** Learns from this member's own 200 or 304 who can read a repository. */
    learn(
      { viewer, repository, path }: Asked & Pick<ApiRequest, 'path'>,
      sentAt: number,
      shown: Inspection['repository']
    ): void {
      if (repository && viewer === anonymous) {
        visibility.learn(repository, true, sentAt)
        visibility.isOpen = true
      }
      if (!shown || !showsRepository(path)) return
      visibility.learnAlias(`/repositories/${shown.id}`, pathOfRepository(shown.name))
      // Under the name that was asked for too, which may be an older one.
      for (const name of new Set([shown.name, `repositories/${shown.id}`, repository ?? shown.name]))
        visibility.learn(name, shown.public, sentAt)
    },

    /** The links of an own answer name its repository, user or organisation by number. */
    learnAlias
  }
}
