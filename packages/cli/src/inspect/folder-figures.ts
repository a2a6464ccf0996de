import { shown } from '../terminal.ts'
import { withFolder } from './folder.ts'
import { ago, counted } from './show.ts'

/** The figures that a cache directory gives by itself: it knows nothing about hits and members. */
export interface FolderFigures {
  directory: string
  cache_size: number
  cache_bytes: number
  public: number
  private: number
  local: number
  /** ISO time. */
  newest?: string
  oldest?: string
  /** By name, largest first. */
  repositories: Record<string, { entries: number; bytes: number }>
}

const maxShown = 10

export function folderFigures(directory: string): Promise<FolderFigures> {
  return withFolder(directory, (folder) => {
    const reaches = { public: 0, private: 0, local: 0 }
    const repositories = new Map<string, { entries: number; bytes: number }>()
    let [count, bytes, newest, oldest] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (const entry of folder.entries()) {
      count++
      bytes += entry.bytes
      newest = Math.max(newest, entry.asOf)
      oldest = Math.min(oldest, entry.asOf)
      reaches[entry.reach]++
      const name = repositoryOf(entry.url)
      if (name === undefined) continue
      const one = repositories.get(name) ?? { entries: 0, bytes: 0 }
      repositories.set(name, { entries: one.entries + 1, bytes: one.bytes + entry.bytes })
    }
    const largest = [...repositories].sort(([, a], [, b]) => b.bytes - a.bytes)
    return {
      directory,
      cache_size: count,
      cache_bytes: bytes,
      ...reaches,
      ...(count > 0 && { newest: new Date(newest).toISOString(), oldest: new Date(oldest).toISOString() }),
      repositories: Object.fromEntries(largest)
    }
  })
}

export function folderLines({ directory, repositories, newest, oldest, ...plain }: FolderFigures): string[] {
  const all = Object.entries(repositories)
  const age = (time: string | undefined) => (time === undefined ? '-' : `${ago(Date.now() - Date.parse(time))} ago`)
  return [
    `No proxy was asked; ${directory} contains`,
    ...Object.entries(plain).map(([name, value]) => `  ${name}: ${value}`),
    `  newest: ${age(newest)}`,
    `  oldest: ${age(oldest)}`,
    ...all
      .slice(0, maxShown)
      .map(([name, { entries, bytes }]) => `  ${shown(name)}: ${counted(entries, 'entry', 'entries')}, ${bytes} bytes`),
    ...(all.length > maxShown ? [`  and ${all.length - maxShown} more repositories`] : [])
  ]
}

const repositoryOf = (url: string): string | undefined =>
  /^https?:\/\/[^/]+(?:\/api\/v3)?\/repos\/([^/?#]+\/[^/?#]+)/.exec(url)?.[1]
