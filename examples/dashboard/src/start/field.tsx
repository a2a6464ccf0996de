import { type ChangeEvent, type ClipboardEvent, type ReactNode, useId } from 'preact/compat'

interface FieldProps {
  label: string
  value: string
  change(value: string): void
  /** Takes what is pasted as it is, before a field of one line joins its lines. True: the field stays as it was. */
  paste(text: string): boolean
  /** Shown as dots, and kept by nobody. */
  isSecret?: boolean
  /** Several lines. */
  isList?: boolean
  error?: string | undefined
  /** What does not keep the value from being used. */
  warning?: string | undefined
  /** Puts right what the error is about. */
  fix?: { label: string; apply(): void } | undefined
  placeholder?: string
  children: ReactNode
}

/** A labelled input with its help, and what is wrong with it. */
export function Field(props: FieldProps) {
  const { label, value, change, paste, isSecret, isList, error, warning, fix, placeholder, children } = props
  const id = useId()
  const notes = { error: error !== undefined, warning: warning !== undefined, help: true }
  const input = {
    id,
    value,
    placeholder,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change(event.currentTarget.value),
    onPaste: (event: ClipboardEvent<HTMLElement>) => {
      if (paste(event.clipboardData?.getData('text') ?? '')) event.preventDefault()
    },
    autoCapitalize: 'off' as const,
    autoComplete: 'off',
    spellcheck: false,
    'aria-invalid': error !== undefined,
    'aria-describedby': Object.entries(notes)
      .flatMap(([name, isThere]) => (isThere ? [`${id}-${name}`] : []))
      .join(' ')
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {isList ? (
        <textarea rows={2} {...input} />
      ) : isSecret ? (
        <input type="password" {...input} />
      ) : (
        <input type="text" {...input} />
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
      {fix && (
        <button
          type="button"
          className="field-fix"
          onClick={() => {
            document.getElementById(id)?.focus()
            fix.apply()
          }}
        >
          {fix.label}
        </button>
      )}
      <p id={`${id}-warning`} className="field-warning" role="status">
        {warning}
      </p>
      <p id={`${id}-help`} className="field-help">
        {children}
      </p>
    </div>
  )
}
