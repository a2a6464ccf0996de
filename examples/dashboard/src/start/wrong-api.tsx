import { addressWithoutApi, defaultApiUrl } from './address.ts'

/** Said in place of everything else: no request could be sent to such an address. */
export function WrongApi({ apiUrl }: { apiUrl: string }) {
  return (
    <main id="main" className="start" tabIndex={-1}>
      <section className="card start-card">
        <h1>This link names an API that does not exist</h1>
        <p>
          <code>?api={apiUrl}</code> in the address of this page has to be the address of a GitHub API, such as{' '}
          <code>https://github.example.org/api/v3</code>. Correct it, or ask the person who sent you the link.
        </p>
        <p>
          <a href={addressWithoutApi()}>Use {new URL(defaultApiUrl).host} instead</a>
        </p>
      </section>
    </main>
  )
}
