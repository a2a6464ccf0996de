import type { Answers } from '../github/answer.ts'
import type { Expanded } from '../github/groups.ts'
import { useLiveMesh } from '../mesh/live-context.tsx'
import { adviceOn } from '../start/secret.ts'
import type { Settings } from '../start/settings.ts'
import { withBlocked } from './blocked-notice.ts'
import { meshNotices } from './mesh-notices.ts'
import { NoticeList } from './notice-list.tsx'
import { type Action, githubNotices } from './notices.ts'
import { groupNotices, missingNotice, tooManyNotices } from './repository-notices.ts'
import { useBlocked } from './use-blocked.ts'
import { useLocalNetwork } from './use-local-network.ts'
import { useNow } from './use-now.ts'
import { useOnline } from './use-online.ts'

interface PageNoticesProps {
  apiUrl: string
  settings: Settings
  answers: Answers
  /** What the last round failed with in this page itself. */
  roundError: string | undefined
  /** Names and groups of repositories, and the repositories that they stand for. */
  entries: readonly string[]
  expanded: Expanded
  /** Repositories that GitHub does not show. */
  missing: readonly string[]
  /** When the mesh began to run; undefined where it does not. */
  since: number | undefined
  act(action: Action): void
}

/** All that is wrong now, and what helps. */
export function PageNotices(props: PageNoticesProps) {
  const { apiUrl, settings, answers, roundError, entries, expanded, missing, since, act } = props
  const live = useLiveMesh()
  const now = useNow(1000)
  const isOnline = useOnline()
  const isBlocked = useBlocked(apiUrl)
  const localNetwork = useLocalNetwork()
  const hasToken = settings.token !== undefined
  const notices = [
    ...githubNotices({ isOnline, hasToken, answers, quota: live.stats?.quota.core, now, roundError }),
    ...tooManyNotices(expanded),
    ...groupNotices(expanded.groups, hasToken),
    ...missing.map((name) => missingNotice(name, { isEntry: entries.includes(name), hasToken })),
    ...meshNotices({
      relays: live.relays,
      members: live.peers.length,
      hasSecret: settings.secret !== undefined && since !== undefined && isOnline,
      isWeakSecret: settings.secret !== undefined && adviceOn(settings.secret).warning !== undefined,
      runningForMs: now - (since ?? now),
      isSecurePage: location.protocol === 'https:',
      localNetwork
    })
  ]
  return <NoticeList notices={isBlocked ? withBlocked(notices, apiUrl) : notices} act={act} />
}
