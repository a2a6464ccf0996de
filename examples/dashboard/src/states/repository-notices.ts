import { type Answers, answerTo, isHidden } from '../github/answer.ts'
import { issuesOf, pullRequestsOf, type Query } from '../github/queries.ts'
import type { Notice } from './notices.ts'

/** Repositories that GitHub does not show to this page. */
export function missingRepositories(answers: Answers, repositories: readonly string[]): string[] {
  const isMissing = (query: Query<unknown>) => isHidden(answerTo(answers, query))
  return repositories.filter((repository) => isMissing(pullRequestsOf(repository)) && isMissing(issuesOf(repository)))
}

/** Repositories of which nothing could be requested yet, for a limit or a failure. */
export const waitingRepositories = (answers: Answers, repositories: readonly string[]): string[] =>
  repositories.filter((repository) => {
    const answer = answerTo(answers, pullRequestsOf(repository))
    return answer !== undefined && !answer.data && !isHidden(answer)
  })

export const missingNotice = (repository: string, hasToken: boolean): Notice => ({
  id: `missing ${repository}`,
  tone: 'problem',
  title: `${repository} was not found`,
  text: `Check the spelling. A private repository is visible only with a token that can read it${hasToken ? '; perhaps yours cannot' : ''}.`,
  actions: [
    { label: `Remove ${repository}`, action: `remove ${repository}` },
    { label: hasToken ? 'Change the token' : 'Add a token', action: 'settings' }
  ]
})

/** The address names more repositories than this page shows. */
export const tooManyNotice = (shown: number, named: number): Notice => ({
  id: 'too-many',
  tone: 'warning',
  title: `${shown} of ${named.toLocaleString('en')} repositories are shown`,
  text: 'This page shows no more at once. The address still has all of them: remove some to see the next ones.',
  actions: []
})
