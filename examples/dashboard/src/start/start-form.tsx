import { createSecret } from 'ghmesh'
import type { ReactNode } from 'preact/compat'
import { defaultApiUrl } from './address.ts'
import { Field } from './field.tsx'
import type { Invitation } from './invitation.ts'
import { type StartFormInput, useStartForm } from './use-start-form.ts'

/** Secret, relays and token, or an invitation that contains the first two; and what to do with them. */
export function StartForm({ children, ...input }: StartFormInput & { children?: ReactNode }) {
  const { entered, errors, form, apiUrl, invitation, advice, remembering, ...does } = useStartForm(input)
  const { change, take, join, workAlone, mend, setRemembering } = does
  const host = URL.parse(apiUrl)?.host ?? apiUrl
  return (
    <form className="start-form" ref={form} onSubmit={join} noValidate>
      <p className="quiet" role="status">
        {invitation && summary(invitation)}
      </p>
      {apiUrl !== defaultApiUrl && (
        <p className="quiet">
          The data comes from <strong>{host}</strong> instead of api.github.com.
        </p>
      )}
      <Field
        label="Invitation or secret"
        isSecret
        value={entered.secret}
        change={change('secret')}
        paste={take}
        error={errors.secret}
        warning={advice.warning}
        fix={errors.secret && advice.mended ? { label: 'Correct the secret', apply: mend } : undefined}
      >
        Paste the link that a colleague sent you. If you are the first,{' '}
        <button type="button" className="link-button" onClick={() => change('secret')(createSecret())}>
          create a secret
        </button>{' '}
        and invite the others.
      </Field>
      <Field
        label="Relays"
        isList
        value={entered.relays}
        change={change('relays')}
        paste={take}
        error={errors.relays}
        placeholder="/dns4/relay.example.org/tcp/443/wss/p2p/12D3KooW…"
      >
        Where browsers meet. One address per line; a relay cannot read what you exchange.
      </Field>
      <Field
        label="GitHub token (optional)"
        isSecret
        value={entered.token}
        change={change('token')}
        paste={take}
        error={errors.token}
      >
        Use a fine-grained, read-only token. It is sent only to {host}, never to members. Without a token, GitHub allows
        60 requests an hour for your whole office together.
      </Field>
      <div className="field">
        <label className="check">
          <input
            type="checkbox"
            checked={remembering}
            onChange={(event) => setRemembering(event.currentTarget.checked)}
            aria-describedby="remember-help"
          />
          Remember on this device
        </label>
        <p id="remember-help" className="field-help">
          Stores secret, relays and token in this browser, where anyone who can use it and every page of {location.host}{' '}
          can read them. If this is off, they are gone when you close this tab.
        </p>
      </div>
      <div className="start-actions">
        <button type="submit" className="primary">
          {input.settings ? 'Save and connect' : 'Join the mesh'}
        </button>
        <button type="button" onClick={workAlone}>
          Work without a mesh
        </button>
        {children}
      </div>
    </form>
  )
}

function summary({ relays, repositories }: Invitation): string {
  const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`)
  return `The invitation contains a secret, ${counted(relays.length, 'relay', 'relays')} and ${counted(repositories.length, 'repository', 'repositories')}.`
}
