import { useLayoutEffect, useRef, useState } from 'preact/compat'
import { listenToKeys } from '../keys.ts'
import { lastingTexts } from '../storage.ts'

const storedAs = 'ghmesh dashboard keys'

const keys = [
  ['/', 'Search'],
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['o', 'Open the row in a new tab'],
  ['r', 'Refresh'],
  ['?', 'Show these shortcuts']
]

/**
 * Keys for those who like them, and what they are. They can be switched off, for some readers' tools send letters of their own
 * (WCAG 2.1.4, https://www.w3.org/WAI/WCAG21/Understanding/character-key-shortcuts).
 */
export function KeyHelp({ refresh }: { refresh(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isOn, setOn] = useState(() => lastingTexts.read(storedAs) !== 'off')
  const current = useRef(refresh)
  current.current = refresh
  // Before the next key, which may come sooner than a frame.
  useLayoutEffect(() => {
    if (!isOn) return
    return listenToKeys(document, {
      search: () => document.getElementById('search')?.focus(),
      refresh: () => current.current(),
      help: () => dialog.current?.showModal()
    })
  }, [isOn])

  return (
    <>
      <button type="button" className="wall-hidden" onClick={() => dialog.current?.showModal()}>
        Shortcuts
      </button>
      <dialog ref={dialog} className="key-help card" aria-labelledby="keys-title">
        <h2 id="keys-title">Keyboard shortcuts</h2>
        <dl>
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label className="check">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => {
              setOn(event.currentTarget.checked)
              lastingTexts.keep(storedAs, event.currentTarget.checked ? 'on' : 'off')
            }}
          />
          Use these shortcuts
        </label>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  )
}
