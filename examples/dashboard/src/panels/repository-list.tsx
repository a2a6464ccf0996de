interface RepositoryListProps {
  repositories: readonly string[]
  missing: readonly string[]
  /** Not loaded yet. */
  waiting: readonly string[]
  remove(repository: string): void
}

/** The repositories shown, each with a way to remove it. */
export function RepositoryList({ repositories, missing, waiting, remove }: RepositoryListProps) {
  return (
    <ul className="repositories" aria-label="Repositories shown">
      {repositories.map((repository) => (
        <li key={repository} className="repository" data-missing={missing.includes(repository)}>
          <span>
            {repository}
            {waiting.includes(repository) && <span className="quiet"> · not loaded yet</span>}
          </span>
          <button type="button" className="icon-button" onClick={() => remove(repository)}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove {repository}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
