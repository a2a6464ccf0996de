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
