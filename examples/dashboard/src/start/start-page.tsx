import { useEffect, useRef } from 'preact/compat'
import { StartForm } from './start-form.tsx'
import type { StartFormInput } from './use-start-form.ts'

interface StartPageProps extends StartFormInput {
  /** Shows public repositories, with nothing to enter. */
  tryIt(): void
  /** Undefined: it would not help. */
  tryAgain: (() => void) | undefined
}

/** Asks how to take part: at the first start, and when the mesh cannot be made. */
export function StartPage({ tryIt, tryAgain, ...input }: StartPageProps) {
  const { problem } = input
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // The form has given it to a field that has to be corrected.
    if (!title.current?.closest('main')?.contains(document.activeElement)) title.current?.focus()
  }, [])

  return (
    <main id="main" className="start" tabIndex={-1}>
      <section className="card start-card">
        <h1 ref={title} tabIndex={-1}>
          {problem === undefined ? 'Get started' : 'Settings'}
        </h1>
        {problem === undefined ? (
          <>
            <p>
              Pull requests, issues, workflow runs and releases of the repositories you follow. Everyone with the same
              secret shares one cache, so whatever one of you has fetched costs the others nothing.
            </p>
            <div className="start-actions">
              <button type="button" className="primary" onClick={tryIt}>
                Try it on public repositories
              </button>
              <p className="quiet">No secret and no token needed.</p>
            </div>
            <h2>Join your team’s mesh</h2>
          </>
        ) : (
          <div className="notice" data-tone="problem" data-notice="refused" role="alert">
            <div className="notice-text">
              <strong>The mesh cannot start with these settings.</strong> <p>{problem}</p>
            </div>
            {tryAgain && (
              <div className="notice-actions">
                <button type="button" onClick={tryAgain}>
                  Try again
                </button>
              </div>
            )}
          </div>
        )}
        <StartForm {...input} />
      </section>
    </main>
  )
}
