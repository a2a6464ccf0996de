import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Settings } from './settings.ts'
import { type Entered, type Errors, relaysIn, tokenError, validate } from './validate.ts'

/** What is entered in the form, what is wrong with it, and what its buttons do. The first wrong field gets the focus. */
export function useStartForm(
  settings: Settings | undefined,
  problem: string | undefined,
  save: (settings: Settings) => void
) {
  const [entered, setEntered] = useState<Entered>({
    secret: settings?.secret ?? '',
    relays: settings?.relays.join('\n') ?? '',
    token: settings?.token ?? ''
  })
  const [errors, setErrors] = useState<Errors>(() => (problem === undefined ? {} : validate(entered)))
  const form = useRef<HTMLFormElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [errors])

  const change = (name: keyof Entered) => (value: string) => setEntered((before) => ({ ...before, [name]: value }))
  const token = entered.token.trim() || undefined
  const join = (event: FormEvent) => {
    event.preventDefault()
    const found = validate(entered)
    setErrors(found)
    if (Object.keys(found).length > 0) return
    save({ secret: entered.secret.trim(), relays: relaysIn(entered.relays), ...(token && { token }) })
  }
  const workAlone = () => {
    const wrong = tokenError(entered.token)
    setErrors(wrong ? { token: wrong } : {})
    if (!wrong) save({ relays: [], ...(token && { token }) })
  }
  return { entered, errors, form, title, change, join, workAlone }
}
