import { type Answers, answerTo } from '../github/feed.ts'
import { issuesOf, pullRequestsOf, type Query } from '../github/queries.ts'
import type { Notice } from './notices.ts'

/** Repositories that GitHub does not show to this page. */
export function missingRepositories(answers: Answers, repositories: readonly string[]): string[] {
  const isHidden = (query: Query<unknown>) => /not-found|forbidden/.test(answerTo(answers, query)?.problem?.kind ?? '')
  return repositories.filter((repository) => isHidden(pullRequestsOf(repository)) && isHidden(issuesOf(repository)))
}

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
