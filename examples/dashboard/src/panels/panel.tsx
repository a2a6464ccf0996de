import type { ReactNode } from 'preact/compat'
import type { Answer } from '../github/answer.ts'
import { Skeleton } from '../states/skeleton.tsx'
import { Freshness } from './freshness.tsx'
import { Sources } from './sources.tsx'
import { emptyWords, filteredWords, freshnessOf, totalOf } from './standing.ts'

interface PanelProps {
  id: string
  title: string
  /** One of each repository. */
  answers: (Answer | undefined)[]
  /** Said in place of a list where it is certain that there is nothing. */
  empty: string
  /** How many there are, and how many of them are listed: a filter may leave some out. */
  of: number
  shown: number
  /** How the count is said; default: as `totalOf` says it. */
  count?: string
  /** Said in place of a list: why there can be none. */
  instead?: string | undefined
  controls?: ReactNode
  children: ReactNode
  /** Below the list. */
  more?: ReactNode
}

/** A card with a title, its sources, how fresh it is, and a list or what stands in for it. */
export function Panel(props: PanelProps) {
  const { id, title, answers, empty, of, shown, instead, controls, children, more } = props
  const total = props.count ?? totalOf(of, answers)
  const count = shown === of ? total : `${shown.toLocaleString('en')} of ${total}`
  const isEmpty = of === 0
  const hasData = answers.some((answer) => answer?.data !== undefined)
  const words = instead ?? (isEmpty ? emptyWords(empty, answers) : filteredWords(shown, answers))
  const isLoading = isEmpty && words === undefined
  const isCounted = hasData && instead === undefined && (!isEmpty || words === empty)
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
        {words === undefined && !isEmpty && children}
        {words === undefined && more}
      </div>
      <Freshness {...freshnessOf(answers)} />
    </section>
  )
}
