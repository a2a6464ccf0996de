import { deploymentTask } from '../data/checks.ts'
import type { Deployment, Repository } from '../model.ts'
import { asksFor } from './query.ts'

/** The deployments that a list asks for: https://docs.github.com/rest/deployments/deployments#list-deployments */
export function filterDeployments({ deployments, defaultBranch }: Repository, query: URLSearchParams): Deployment[] {
  return deployments.filter(
    ({ sha, environment }) =>
      asksFor(query, 'sha', sha) &&
      asksFor(query, 'ref', defaultBranch) &&
      asksFor(query, 'task', deploymentTask) &&
      asksFor(query, 'environment', environment)
  )
}
