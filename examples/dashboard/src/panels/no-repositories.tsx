import { RepositoryForm } from './repository-form.tsx'

/** The first thing to do. */
export function NoRepositories({ add }: { add(text: string): boolean }) {
  return (
    <section className="card welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">Which repositories do you follow?</h2>
      <p>
        Add one or more, as <code>owner/repository</code>, or all of an organization, a user or a topic, as{' '}
        <code>org:name</code>, <code>user:name</code> or <code>topic:name</code>. The address of this page contains
        them, so you can share or bookmark it.
      </p>
      <RepositoryForm add={add} label="Repositories" />
    </section>
  )
}
