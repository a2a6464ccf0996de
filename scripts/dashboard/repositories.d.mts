import type { GitHub } from '@ghmesh/github-sim'

export const repositories: string[]
export function furnish(github: GitHub): Promise<void>
/** Numbers of the pull requests, by what each is an example of. */
export function furnishTeam(
  github: GitHub,
  now?: number
): Record<'asksMe' | 'mineFailing' | 'mineConflicting' | 'ready' | 'draft' | 'stale', number>
