import { type FormEvent, useEffect, useRef, useState } from 'preact/compat'
import { type Invitation, readInvitation } from './invitation.ts'
import { adviceOn } from './secret.ts'
import type { Settings } from './settings.ts'
import { type Entered, type Errors, relaysIn, tokenError, validate } from './validate.ts'

/** What the form leads to. */
export interface Choice {
  settings: Settings
  isRemembered: boolean
  /** To be shown besides those that are shown already. */
  repositories: string[]
  apiUrl: string
}

export interface StartFormInput {
  settings: Settings | undefined
  isRemembered: boolean
  /** Entered already. */
  invitation?: Invitation | undefined
  /** Why the mesh could not be made with these settings. */
  problem?: string | undefined
  apiUrl: string
  save(choice: Choice): void
}

/** What is entered in the form, what is wrong with it, and what its buttons do. The first wrong field gets the focus. */
export function useStartForm({ settings, isRemembered, problem, save, ...given }: StartFormInput) {
  const [invitation, setInvitation] = useState(given.invitation)
  const [entered, setEntered] = useState<Entered>(() => ({
    secret: settings?.secret ?? '',
    relays: settings?.relays.join('\n') ?? '',
    token: settings?.token ?? '',
    ...(given.invitation && fieldsOf(given.invitation, given.apiUrl, given.apiUrl))
  }))
  const [remembering, setRemembering] = useState(isRemembered)
  const [errors, setErrors] = useState<Errors>(() =>
    problem !== undefined && settings?.secret !== undefined ? validate(entered) : {}
  )
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [errors])

  const apiUrl = invitation?.apiUrl ?? given.apiUrl
  const token = entered.token.trim() || undefined
  const choose = (chosen: Settings) =>
    save({
      settings: { ...chosen, ...(token && { token }) },
      isRemembered: remembering,
      repositories: invitation?.repositories ?? [],
      apiUrl
    })

  /** Fills the form from an invitation, wherever it was pasted. False if the text contains none. */
  const take = (text: string): boolean => {
    const found = readInvitation(text)
    if (!found) return false
    setInvitation(found)
    setErrors({})
    setEntered((before) => ({ ...before, ...fieldsOf(found, apiUrl, given.apiUrl) }))
    return true
  }
  const change = (name: keyof Entered) => (value: string) => {
    if (!take(value)) setEntered((before) => ({ ...before, [name]: value }))
  }
  const join = (event: FormEvent) => {
    event.preventDefault()
    const found = validate(entered)
    setErrors(found)
    if (Object.keys(found).length > 0) return
    choose({ secret: entered.secret.trim(), relays: relaysIn(entered.relays) })
  }
  const workAlone = () => {
    const wrong = tokenError(entered.token)
    setErrors(wrong ? { token: wrong } : {})
    if (!wrong) choose({ relays: [] })
  }
  const advice = entered.secret.trim() === '' ? {} : adviceOn(entered.secret)
  const mend = () => {
    setErrors(({ secret, ...others }) => others)
    if (advice.mended) change('secret')(advice.mended)
  }
  return {
    ...{ entered, errors, form, apiUrl, invitation, advice, remembering },
    ...{ change, take, join, workAlone, mend, setRemembering }
  }
}

/** A token was entered for one API and must not go to another. */
const fieldsOf = (invitation: Invitation, apiUrlBefore: string, apiUrlOfPage: string): Partial<Entered> => ({
  secret: invitation.secret,
  relays: invitation.relays.join('\n'),
  ...((invitation.apiUrl ?? apiUrlOfPage) !== apiUrlBefore && { token: '' })
})
