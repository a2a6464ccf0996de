import { useState } from 'preact/compat'

/** Puts the link for the next person on the clipboard; where the browser refuses that, shows it. */
export function CopyInvitation({ link }: { link(): string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link())
      setOutcome('copied')
    } catch {
      setOutcome('refused')
    }
  }
  return (
    <div className="copy-invitation">
      <button type="button" onClick={() => void copy()}>
        Copy invitation
      </button>
      <p className="quiet" role="status">
        {outcome === 'copied' && 'Copied. Anyone with this link can join: send it as you would send a password.'}
        {outcome === 'refused' && 'The browser does not allow copying. Select the link and copy it:'}
      </p>
      {outcome === 'refused' && (
        <input readOnly aria-label="Invitation" value={link()} onFocus={(event) => event.currentTarget.select()} />
      )}
    </div>
  )
}
