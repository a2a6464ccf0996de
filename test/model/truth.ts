import type { GitHub } from '@ghmesh/github-sim'

/** What GitHub answers a viewer for a path, from a time on. */
interface Version {
  /** Ms on GitHub's clock. */
  from: number
  status: number
  body: string
}

/** All that GitHub has ever shown each viewer, noted at each change. */
export interface Truth {
  /** Something has changed at GitHub: looks at all of it. */
  note(): Promise<void>
  /** When GitHub last showed this viewer this, ms; Infinity for what it shows now, undefined for what it never showed. */
  shownUntil(path: string, viewer: string, status: number, body?: string): number | undefined
  /** Since when GitHub has shown this viewer this body, ms; of several times the last. */
  shownFrom(path: string, viewer: string, body: string): number | undefined
  /** When GitHub last showed a body to anybody. */
  shownAnybodyUntil(path: string, body: string): number | undefined
  /** Since when GitHub has shown a body to anybody. */
  shownAnybodyFrom(path: string, body: string): number | undefined
  /** When a viewer last lost what it could read, ms; undefined where it never did. */
  lostAt(path: string, viewer: string): number | undefined
  canRead(path: string, viewer: string): boolean
}

/** `viewers`: the token of each, undefined for none. */
export function createTruth(
  github: GitHub,
  now: () => number,
  paths: readonly string[],
  viewers: Readonly<Record<string, string | undefined>>
): Truth {
  const shown = new Map<string, Version[]>()
  const versionsOf = (path: string, viewer: string) => shown.get(`${path} ${viewer}`) ?? []

  /** The end of the last version that fits. */
  function until(versions: readonly Version[], fits: (version: Version) => boolean): number | undefined {
    const at = versions.findLastIndex(fits)
    return at < 0 ? undefined : (versions[at + 1]?.from ?? Number.POSITIVE_INFINITY)
  }

  const shownFrom = (path: string, viewer: string, body: string) =>
    versionsOf(path, viewer).findLast((one) => one.body === body)?.from
  /** What is known of some viewers, of all that there are. */
  const ofAll = (find: (viewer: string) => number | undefined) =>
    Object.keys(viewers)
      .map(find)
      .filter((at) => at !== undefined)

  return {
    async note() {
      const looks = paths.flatMap((path) => Object.entries(viewers).map(([viewer, token]) => ({ path, viewer, token })))
      await Promise.all(
        looks.map(async ({ path, viewer, token }) => {
          const headers = {
            accept: 'application/vnd.github+json',
            'user-agent': 'truth',
            ...(token && { authorization: `token ${token}` })
          }
          const answer = await fetch(github.url + path, { headers })
          const body = await answer.text()
          const versions = versionsOf(path, viewer)
          const last = versions.at(-1)
          if (last?.status === answer.status && last.body === body) return
          shown.set(`${path} ${viewer}`, [...versions, { from: now(), status: answer.status, body }])
        })
      )
    },
    shownUntil: (path, viewer, status, body) =>
      until(versionsOf(path, viewer), (one) => one.status === status && (body === undefined || one.body === body)),
    shownFrom,
    shownAnybodyUntil(path, body) {
      const ends = ofAll((viewer) => until(versionsOf(path, viewer), (one) => one.body === body))
      return ends.length > 0 ? Math.max(...ends) : undefined
    },
    shownAnybodyFrom(path, body) {
      const starts = ofAll((viewer) => shownFrom(path, viewer, body))
      return starts.length > 0 ? Math.min(...starts) : undefined
    },
    lostAt(path, viewer) {
      const versions = versionsOf(path, viewer)
      return versions.findLast(({ status }, i) => status !== 200 && versions[i - 1]?.status === 200)?.from
    },
    canRead: (path, viewer) => versionsOf(path, viewer).at(-1)?.status === 200
  }
}
