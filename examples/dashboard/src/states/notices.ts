import { clock } from '../clock.ts'
import type { Answers } from '../github/answer.ts'
import type { Failure, Problem } from '../github/problem.ts'
import type { Quota } from '../github/quota.ts'

export type Action = 'try-again' | 'settings' | `remove ${string}`

export interface Notice {
  id: string
  tone: 'problem' | 'warning'
  title: string
  text: string
  actions: { label: string; action: Action }[]
  /** A page that says more. */
  link?: { label: string; url: string }
}

interface Situation {
  isOnline: boolean
  hasToken: boolean
  answers: Answers
  quota: Quota | undefined
  now: number
  /** What the last round failed with in this page itself. */
  roundError?: string | undefined
}

const tryAgain = { label: 'Try again', action: 'try-again' } as const

/** What keeps GitHub's answers away, the cause that explains the others first, and what to do about it. */
export function githubNotices({ isOnline, hasToken, answers, quota, now, roundError }: Situation): Notice[] {
  if (!isOnline) {
    return [
      {
        id: 'offline',
        tone: 'warning',
        title: 'You are offline',
        text: 'You see data stored in this browser. It refreshes automatically when the connection is back.',
        actions: []
      }
    ]
  }
  const all = [...answers.values()]
  const problem = <K extends Problem['kind']>(kind: K) =>
    all.find((answer) => answer.problem?.kind === kind)?.problem as Extract<Problem, { kind: K }> | undefined
  const isStale = (reason: Failure) => all.some(({ source }) => source?.kind === 'stale' && source.reason === reason)

  const notices: Notice[] = []
  if (problem('token') || all.some(({ withoutToken }) => withoutToken)) notices.push(hasToken ? badToken : noToken)
  if (problem('rate-limit') || isStale('rate-limit')) {
    notices.push(
      limitNotice(problem('rate-limit')?.resetAt ?? (quota?.remaining === 0 ? quota.resetAt : undefined), hasToken, now)
    )
  }
  const server = problem('server')
  if (server || isStale('server-error')) {
    notices.push({
      id: 'server',
      tone: 'problem',
      title: server ? `GitHub has a problem (${server.status})` : 'GitHub has a problem',
      text: 'The problem is not on your side. Older data is shown and marked; this page keeps trying.',
      actions: [tryAgain],
      link: { label: 'GitHub’s status', url: 'https://www.githubstatus.com' }
    })
  } else if (problem('network') || isStale('network')) {
    notices.push({
      id: 'network',
      tone: 'problem',
      title: 'GitHub cannot be reached',
      text: 'Your browser is online, but its requests to GitHub’s API fail. Check VPN, proxy and content blockers.',
      actions: [tryAgain]
    })
  }
  if (problem('unreadable') || isStale('unreadable')) notices.push(unreadable)
  if (roundError !== undefined) {
    notices.push({
      id: 'round',
      tone: 'problem',
      title: 'The last refresh did not finish',
      text: `Something went wrong in this page (${roundError}). What you see may be out of date; this page keeps trying.`,
      actions: [tryAgain]
    })
  }
  return notices
}

const unreadable: Notice = {
  id: 'unreadable',
  tone: 'problem',
  title: 'An answer cannot be read',
  text: 'It is not in the form in which GitHub answers. A proxy or a member of your group may have changed it. Older data is shown and marked; this page keeps trying.',
  actions: [tryAgain]
}

const changeToken = (label: string) => ({ label, action: 'settings' }) as const

const badToken: Notice = {
  id: 'token',
  tone: 'problem',
  title: 'GitHub does not accept your token',
  text: 'It has expired, was revoked, or was not copied completely. Public repositories are read without it until you enter another one, at 60 requests an hour for your whole office. Data that only the token could read stays, marked as stale.',
  actions: [changeToken('Change the token'), tryAgain]
}

const noToken: Notice = {
  id: 'token',
  tone: 'problem',
  title: 'This GitHub asks for a token',
  text: 'It shows nothing to people who are not signed in.',
  actions: [changeToken('Add a token')]
}

/** GitHub counts no limit over a longer time than an hour, so another time is that of a clock that is wrong. */
function resetWords(resetAt: number, now: number): string {
  const minutes = Math.ceil((resetAt - now) / 60_000)
  if (minutes < 0 || minutes > 61) return 'Requests work again within the hour.'
  return `Requests work again at ${clock(resetAt, now)}, in ${Math.max(1, minutes)} min.`
}

function limitNotice(resetAt: number | undefined, hasToken: boolean, now: number): Notice {
  const when = resetAt === undefined ? 'Requests work again in a few minutes.' : resetWords(resetAt, now)
  return {
    id: 'rate-limit',
    tone: 'warning',
    title: 'GitHub’s rate limit is used up',
    text: `${when} Until then you see what members have, and older data, which is marked.${hasToken ? '' : ' With a token you have 5,000 requests an hour instead of 60 for your whole office.'}`,
    actions: hasToken ? [] : [{ label: 'Add a token', action: 'settings' }]
  }
}
