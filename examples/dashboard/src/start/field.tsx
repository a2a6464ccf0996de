import { type ReactNode, useId } from 'react'

interface FieldProps {
  label: string
  value: string
  change(value: string): void
  /** Shown as dots, and kept by nobody. */
  isSecret?: boolean
  /** Several lines. */
  isList?: boolean
  error?: string | undefined
  placeholder?: string
  children: ReactNode
}

/** A labelled input with its help, and what is wrong with it. */
export function Field({ label, value, change, isSecret, isList, error, placeholder, children }: FieldProps) {
  const id = useId()
  const input = {
    id,
    value,
    placeholder,
    onChange: (event: { target: { value: string } }) => change(event.target.value),
    autoCapitalize: 'off',
    autoComplete: 'off',
    spellCheck: false,
    'aria-invalid': error !== undefined,
    'aria-describedby': error === undefined ? `${id}-help` : `${id}-error ${id}-help`
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {isList ? <textarea rows={2} {...input} /> : <input type={isSecret ? 'password' : 'text'} {...input} />}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
      <p id={`${id}-help`} className="field-help">
        {children}
      </p>
    </div>
  )
}
