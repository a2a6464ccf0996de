import type { GitHub } from '@ghmesh/github-sim'

export const repositories: string[]
export function furnish(github: GitHub): Promise<void>
