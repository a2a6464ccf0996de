import { clock } from '../clock.ts'
import type { RoundReport } from '../github/rounds.ts'

/** What the last round was, before its time. */
export function refreshWords({
  asked,
  failed,
  waiting,
  error
}: Pick<RoundReport, 'asked' | 'failed' | 'waiting' | 'error'>): string {
  if (error !== undefined || (failed > 0 && failed >= asked - waiting)) return 'Refresh failed'
  return failed + waiting > 0 ? 'Partly refreshed' : 'Refreshed'
}

const requests = (count: number) => (count === 1 ? '1 request' : `${count.toLocaleString('en')} requests`)

/** What of the last round is missing, when the next one is, and why it is not sooner. */
export function nextWords(
  { asked, failed, waiting, succeededAt, next, quota }: Omit<RoundReport, 'at'>,
  waitingRepositories: number,
  hasToken: boolean,
  now = Date.now()
): string {
  const words: string[] = []
  if (failed > 0) {
    const last = succeededAt ? ` Everything was last up to date at ${clock(succeededAt, now)}.` : ''
    words.push(`${failed === asked ? 'All' : failed} of ${requests(asked)} failed.${last}`)
  }
  if (waitingRepositories > 0) {
    const are = waitingRepositories === 1 ? '1 repository is' : `${waitingRepositories} repositories are`
    words.push(`${are} not loaded yet.`)
  } else if (waiting > 0) words.push(`${requests(waiting)} had to wait.`)
  words.push(`Next refresh at ${clock(next.at, now)}.`)
  if (next.isSlow && quota) {
    words.push(
      `${quota.remaining.toLocaleString('en')} of ${requests(quota.limit)} are left until ${clock(quota.resetAt, now)}.`
    )
    if (!hasToken) words.push('With a token, GitHub allows 5,000 an hour.')
  }
  return words.join(' ')
}
