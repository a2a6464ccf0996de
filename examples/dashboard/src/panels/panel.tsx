import type { ReactNode } from 'react'
import type { Answer } from '../github/answer.ts'
import { Skeleton } from '../states/skeleton.tsx'
import { Freshness } from './freshness.tsx'
import { Sources } from './sources.tsx'
import { emptyWords, freshnessOf } from './standing.ts'

interface PanelProps {
  id: string
  title: string
  /** How many things it lists, as it is to be read. */
  count: string
  /** One of each repository. */
  answers: (Answer | undefined)[]
  /** Said in place of a list where it is certain that there is nothing. */
  empty: string
  isEmpty: boolean
  controls?: ReactNode
  children: ReactNode
  /** Below the list. */
  more?: ReactNode
}

/** A card with a title, its sources, how fresh it is, and a list or what stands in for it. */
export function Panel({ id, title, count, answers, empty, isEmpty, controls, children, more }: PanelProps) {
  const hasData = answers.some((answer) => answer?.data !== undefined)
  const words = isEmpty ? emptyWords(empty, answers) : undefined
  const isLoading = isEmpty && words === undefined
  const isCounted = hasData && (!isEmpty || words === empty)
  return (
    <section className="card panel" aria-labelledby={`${id}-title`} aria-busy={isLoading} data-panel={id}>
      <header className="panel-head">
        <h2 id={`${id}-title`}>
          {title} {isCounted && <span className="count">{count}</span>}
        </h2>
        <Sources answers={answers} />
      </header>
      {hasData && controls}
      <div className="panel-body">
        {isLoading && <Skeleton />}
        {words !== undefined && <p className="empty">{words}</p>}
        {!isEmpty && children}
        {more}
      </div>
      <Freshness {...freshnessOf(answers)} />
    </section>
  )
}
