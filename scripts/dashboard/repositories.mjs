/** What the simulator holds: two repositories at work, so that each panel has something of each kind. */
export const repositories = ['octocat/Hello-World', 'octo-org/website']

const checkRun = (name, status, conclusion) => ({ name, status, conclusion })
const kinds = [
  [checkRun('build', 'completed', 'success'), checkRun('test', 'completed', 'success')],
  [checkRun('build', 'completed', 'success'), checkRun('test', 'completed', 'failure')],
  [checkRun('build', 'in_progress', null), checkRun('test', 'queued', null)],
  []
]

/** Gives the head of each open pull request checks, which the simulator has none of, and adds what is new today. */
export async function furnish(github) {
  for (const name of repositories) {
    const repository = github.repository(name)
    const response = await fetch(`${github.url}/repos/${name}/pulls?per_page=100`, {
      headers: { 'user-agent': 'ghmesh-dashboard', authorization: 'Bearer sim-token-alice' }
    })
    for (const [index, { head }] of (await response.json()).entries()) {
      const checks = kinds[index % kinds.length]
      github.setBody(`/repos/${name}/commits/${head.sha}/check-runs`, {
        total_count: checks.length,
        check_runs: checks
      })
    }
    repository.addIssue({ title: 'Dates are a day off in Auckland', labels: ['bug'], user: 'mona' })
    repository.addIssue({ title: 'Offer a compact view', labels: ['enhancement', 'good first issue'], user: 'hubot' })
    repository.addRun({ status: 'completed', conclusion: 'success' })
    repository.addRun({ status: 'in_progress' })
  }
  github.clearCalls()
}

const hourMs = 3_600_000
const passed = kinds[0]
const failed = kinds[1]
const running = kinds[2]

/** Pull requests as a team has them on any day, for somebody whose token is alice's. `now`: milliseconds since the epoch. */
export function furnishTeam(github, now = Date.now()) {
  const ago = (hours) => new Date(now - hours * hourMs).toISOString()
  const add = (name, { checks, ...fields }) => {
    const repository = github.repository(name)
    const number = repository.addPull(fields)
    github.setBody(`/repos/${name}/commits/${repository.headOf(number)}/check-runs`, {
      total_count: checks.length,
      check_runs: checks
    })
    return number
  }
  const [hello, website] = repositories
  const numbers = {
    asksMe: add(website, {
      ...{ title: 'Keep the filter when the page is reloaded', user: 'mona', requestedReviewers: ['alice', 'bob'] },
      ...{ size: { additions: 214, deletions: 38 }, createdAt: ago(30), updatedAt: ago(3), checks: passed }
    }),
    mineFailing: add(website, {
      ...{ title: 'Load fonts from our own server', user: 'alice', requestedReviewers: ['mona'] },
      ...{ size: { additions: 61, deletions: 9 }, createdAt: ago(50), updatedAt: ago(1), checks: failed }
    }),
    mineConflicting: add(hello, {
      ...{ title: 'One date format everywhere', user: 'alice', mergeable: false, requestedReviewers: ['hubot'] },
      ...{ size: { additions: 480, deletions: 512 }, createdAt: ago(120), updatedAt: ago(26), checks: passed }
    }),
    ready: add(hello, {
      ...{ title: 'Explain how to run a relay', user: 'hubot', reviews: [{ user: 'mona', state: 'APPROVED' }] },
      ...{ size: { additions: 35, deletions: 2 }, createdAt: ago(9), updatedAt: ago(2), checks: passed }
    }),
    draft: add(hello, {
      ...{ title: 'Try a smaller font', user: 'bob', draft: true, createdAt: ago(6), updatedAt: ago(5) },
      checks: running
    }),
    stale: add(website, {
      ...{ title: 'Remove the old banner', user: 'bob', requestedReviewers: ['mona'] },
      ...{ size: { additions: 0, deletions: 120 }, createdAt: ago(24 * 21), updatedAt: ago(24 * 12), checks: passed }
    })
  }
  github.repository(website).addRun({ status: 'completed', conclusion: 'failure' })
  github.repository(website).addDeployment({ environment: 'staging', state: 'failure', createdAt: ago(2) })
  github.repository(hello).addDeployment({ createdAt: ago(5) })
  github.clearCalls()
  return numbers
}

const titles = ['Search forgets its filter', 'Export stops at 1,000 rows', 'Avatar is blurred', 'Slow first load']

/** Something new now and then, as in a team at work; ends with the returned function. */
export function keepBusy(github, everyMs) {
  let round = 0
  const timer = setInterval(() => {
    const repository = github.repository(repositories[round % repositories.length])
    if (round % 3 === 0) repository.addIssue({ title: titles[round % titles.length], labels: ['bug'], user: 'mona' })
    else repository.addRun({ status: 'completed', conclusion: round % 4 === 0 ? 'failure' : 'success' })
    round++
  }, everyMs)
  return () => clearInterval(timer)
}
