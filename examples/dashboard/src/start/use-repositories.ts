import { useEffect, useState } from 'preact/compat'
import { keepRepositories, readRepositories, repositoriesIn } from './repositories.ts'

/** Public, busy, and small enough for a page without a token. */
export const examples = 'libp2p/js-libp2p vitejs/vite'

/** The repositories and groups of them that are shown, kept in the address and for the next visit. */
export function useRepositories() {
  const [list, setList] = useState(readRepositories)
  useEffect(() => keepRepositories(list), [list])
  return {
    list,
    /** False when the text names none. */
    add(text: string): boolean {
      const added = repositoriesIn(text)
      if (added.length > 0) setList((before) => repositoriesIn([...before, ...added].join(' ')))
      return added.length > 0
    },
    remove: (repository: string) => setList((before) => before.filter((name) => name !== repository))
  }
}
