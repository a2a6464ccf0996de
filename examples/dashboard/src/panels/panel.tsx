import type { ReactNode } from 'react'
import type { Answer } from '../github/feed.ts'
import type { Problem } from '../github/problem.ts'
import { Skeleton } from '../states/skeleton.tsx'
import { Sources } from './sources.tsx'

interface PanelProps {
  id: string
  title: string
  /** How many things it lists, as it is to be read. */
  count: string
  /** One of each repository. */
  answers: (Answer | undefined)[]
  /** Said in place of a list. */
  empty: string
  isEmpty: boolean
  controls?: ReactNode
  children: ReactNode
}

const problems: Record<Problem['kind'], string> = {
  'rate-limit': 'Not available yet: GitHub’s rate limit is used up.',
  token: 'Not shown: GitHub does not accept the token.',
  forbidden: 'Not shown: GitHub denies access.',
  'not-found': 'Nothing found.',
  server: 'Not available yet: GitHub has a problem.',
  network: 'Not available yet: GitHub cannot be reached.'
}

/** A card with a title, its sources, and a list or what stands in for it. */
export function Panel({ id, title, count, answers, empty, isEmpty, controls, children }: PanelProps) {
  const hasData = answers.some((answer) => answer?.data !== undefined)
  const isLoading = !hasData && answers.some((answer) => answer === undefined)
  const problem = answers.find((answer) => answer?.problem)?.problem
  return (
    <section className="card panel" aria-labelledby={`${id}-title`} aria-busy={isLoading} data-panel={id}>
      <header className="panel-head">
        <h2 id={`${id}-title`}>
          {title} {hasData && <span className="count">{count}</span>}
        </h2>
        <Sources answers={answers} />
      </header>
      {hasData && controls}
      <div className="panel-body">
        {isLoading && <Skeleton />}
        {!isLoading && isEmpty && (
          <p className="empty">
            {!hasData && problem && !(id === 'releases' && problem.kind === 'not-found')
              ? problems[problem.kind]
              : empty}
          </p>
        )}
        {hasData && !isEmpty && children}
      </div>
    </section>
  )
}
