import { useLayoutEffect, useRef } from 'preact/compat'
import { StartForm } from './start-form.tsx'
import type { StartFormInput } from './use-start-form.ts'

/** The settings beside the board, which stays as it is. Escape closes them, and the focus goes back to where it was. */
export function SettingsDrawer({ close, ...input }: StartFormInput & { close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  // Before the element goes, while its close() still gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    title.current?.focus()
    return () => element?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-labelledby="settings-title"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <h2 id="settings-title" ref={title} tabIndex={-1}>
        Settings
      </h2>
      <StartForm {...input}>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </StartForm>
    </dialog>
  )
}
