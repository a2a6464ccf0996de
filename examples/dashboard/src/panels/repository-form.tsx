import { type FormEvent, useId, useState } from 'preact/compat'

/** Adds repositories; says how they are written when it finds none. */
export function RepositoryForm({ add, label }: { add(text: string): boolean; label: string }) {
  const id = useId()
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const added = add(text)
    setWrong(!added)
    if (added) setText('')
  }
  return (
    <form className="repository-form" onSubmit={submit}>
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <input
        id={id}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder="owner/repository or org:name"
        autoCapitalize="off"
        autoComplete="off"
        spellcheck={false}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-error` : undefined}
      />
      <button type="submit">Add</button>
      {isWrong && (
        <p id={`${id}-error`} className="field-error" role="alert">
          Enter it as owner/repository, such as octocat/Hello-World, or as org:name, user:name or topic:name.
        </p>
      )}
    </form>
  )
}
