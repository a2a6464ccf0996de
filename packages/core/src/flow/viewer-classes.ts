import { LRU } from 'tiny-lru'
import { text } from '../bytes.ts'
import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Assessment } from '../rules/serve.ts'

type Viewing = Pick<ApiRequest, 'viewer' | 'repository'>

/** Which bodies a viewer is likely to see where bodies differ by `permissions`: a guess, which saves calls and decides nothing. */
export interface ViewerClasses {
  /** Learns from GitHub's own answer to this viewer. */
  learn(viewing: Viewing, entry: Pick<Entry, 'variant' | 'body'>): void
  /** Whether this viewer saw repositories of the same owner with other permissions than this body shows. */
  seesOtherwise(viewing: Viewing, entry: Pick<Entry, 'body'>): boolean
  /** With the body that this viewer is likely to see in the first place, where it has not seen any of them yet. */
  likeliest(viewing: Viewing, held: Assessment): Assessment
}

const maxRemembered = 1000

export function createViewerClasses(): ViewerClasses {
  const seen = new LRU<string>(maxRemembered)
  const nameOf = ({ viewer, repository }: Viewing) => `${viewer} ${repository?.split('/')[0]}`
  const seesOtherwise: ViewerClasses['seesOtherwise'] = (viewing, entry) => {
    const own = seen.get(nameOf(viewing))
    return own !== undefined && ![undefined, own].includes(permissionsIn(entry))
  }
  return {
    seesOtherwise,
    learn(viewing, entry) {
      const permissions = entry.variant ? permissionsIn(entry) : undefined
      if (permissions !== undefined) seen.set(nameOf(viewing), permissions)
    },
    likeliest(viewing, held) {
      const { entry, others, varies } = held
      if (!varies || confirmedAt(entry.confirmed, viewing.viewer) || !seesOtherwise(viewing, entry)) return held
      const like = others.find((other) => !seesOtherwise(viewing, other))
      return like ? { ...held, entry: like, others: [entry, ...others.filter((other) => other !== like)] } : held
    }
  }
}

/** What GitHub says of the viewer in a body: those who get the same of it see the same body. */
export const permissionsIn = ({ body }: Pick<Entry, 'body'>): string | undefined =>
  /"permissions":\{[^}]*\}/.exec(text(body))?.[0]
