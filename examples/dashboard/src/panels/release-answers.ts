import type { Answer } from '../github/answer.ts'
import type { Release } from '../github/answers.ts'
import { latestReleaseOf, pullRequestsOf } from '../github/queries.ts'
import { ofRepositories, type PanelInput } from './of-repositories.ts'

/**
 * The latest release of each repository. GitHub says 404 both of a repository without a release and of one that it does not
 * show: which of the two, only another answer tells. Until it is there, nothing is known.
 */
export function releaseAnswers(input: PanelInput): (Answer<Release> | undefined)[] {
  const pulls = ofRepositories(input, pullRequestsOf).answers
  return ofRepositories(input, latestReleaseOf).answers.map((answer, index) => {
    const isCertain = !answer?.data || answer.data.length > 0 || pulls[index]?.data
    return isCertain ? answer : (pulls[index] as Answer<never> | undefined)
  })
}
