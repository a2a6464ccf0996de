import type { CheckState } from '../github/checks.ts'

const marks: Record<CheckState, string> = { passed: '✓', failed: '✕', running: '●', none: '–' }

/** A state by colour, by shape and in words. */
export function StateMark({ state, words }: { state: CheckState; words: string }) {
  return (
    <span className="state" data-state={state}>
      <span className="state-mark" aria-hidden="true">
        {marks[state]}
      </span>
      {words}
    </span>
  )
}
