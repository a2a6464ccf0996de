import { Field } from './field.tsx'
import type { Settings } from './settings.ts'
import { useStartForm } from './use-start-form.ts'

interface StartPageProps {
  settings: Settings | undefined
  /** Why the mesh could not be made with these settings. */
  problem: string | undefined
  apiUrl: string
  save(settings: Settings): void
  cancel: (() => void) | undefined
}

/** Asks for secret, relay and token: at the first start, and whenever one of them has to change. */
export function StartPage({ settings, problem, apiUrl, save, cancel }: StartPageProps) {
  const { entered, errors, form, title, change, join, workAlone } = useStartForm(settings, problem, save)

  return (
    <main id="main" className="start">
      <form className="card start-card" ref={form} onSubmit={join} noValidate>
        <h1 ref={title} tabIndex={-1}>
          {settings ? 'Connection' : 'Join your team’s mesh'}
        </h1>
        <p>
          This dashboard reads from GitHub through a cache that everyone with the same secret shares, directly between
          browsers and other machines. What one of you has fetched costs the others nothing.
        </p>
        {problem !== undefined && (
          <p className="notice" data-tone="problem" data-notice="refused" role="alert">
            <span>
              <strong>The mesh cannot start with these settings.</strong>{' '}
              {Object.keys(errors).length > 0 ? 'Fix the highlighted fields.' : problem}
            </span>
          </p>
        )}
        <Field label="Secret" isSecret value={entered.secret} change={change('secret')} error={errors.secret}>
          Get it from a colleague, or create one with <code>ghmesh secret</code>. It stays in this tab and is not sent
          anywhere.
        </Field>
        <Field
          label="Relays"
          isList
          value={entered.relays}
          change={change('relays')}
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
          error={errors.token}
        >
          Use a fine-grained, read-only token. It stays in this tab and is sent only to{' '}
          {URL.parse(apiUrl)?.host ?? apiUrl}, never to members. Without a token, GitHub allows 60 requests an hour for
          your whole office together.
        </Field>
        <div className="start-actions">
          <button type="submit" className="primary">
            {settings ? 'Save and connect' : 'Join the mesh'}
          </button>
          <button type="button" onClick={workAlone}>
            Work without a mesh
          </button>
          {cancel && (
            <button type="button" onClick={cancel}>
              Cancel
            </button>
          )}
        </div>
      </form>
    </main>
  )
}
