import type { CheckState } from '../github/checks.ts'

type Marked = CheckState | 'unknown'

const marks: Record<Marked, string> = { unknown: '…', passed: '✓', failed: '✕', running: '●', none: '–' }

/** A state by colour, by shape and in words. */
export function StateMark({ state, words }: { state: Marked; words: string }) {
  return (
    <span className="state" data-state={state}>
      <span className="state-mark" aria-hidden="true">
        {marks[state]}
      </span>
      {words}
    </span>
  )
}
