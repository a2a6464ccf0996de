import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CachedEntry } from 'ghmesh/cache-folder'
import { CliError } from '../errors.ts'
import { documentText, shown } from '../terminal.ts'
import { withFolder } from './folder.ts'
import { ago } from './show.ts'
import { type Place, sourceOf } from './source.ts'

export interface ListFlags extends Place {
  json?: boolean
}

const usualAccept = 'application/vnd.github+json'

/** `ghmesh cache ls`: the entries, newest first, as they are read. */
export async function list(what: string | undefined, flags: ListFlags, signal: AbortSignal): Promise<number> {
  const fits = what === undefined ? () => true : filterOf(what)
  const { directory } = await sourceOf(flags)
  await withFolder(directory, async (folder) => {
    const now = Date.now()
    function* lines() {
      if (!flags.json) yield `${['  age', '    bytes', 'reach  ', 'etag    ', 'url'].join('  ')}\n`
      for (const entry of folder.entries()) {
        if (fits(entry.url)) yield `${flags.json ? documentText(factsOf(entry, now)) : shown(lineOf(entry, now))}\n`
      }
    }
    await pipeline(Readable.from(lines()), process.stdout, { end: false, signal }).catch((error) => {
      if (error.code !== 'EPIPE') throw error
    })
  })
  return 0
}

/**
 * The URLs that a repository, or the beginning of a URL or path, stands for.
 *
 * @throws CliError for anything else
 */
export function filterOf(what: string): (url: string) => boolean {
  const wanted = what.toLowerCase()
  if (/^[\w.-]+\/[\w.-]+$/.test(wanted)) {
    const path = `/repos/${wanted}`
    return (url) => {
      const found = pathOf(url).toLowerCase()
      return found === path || found.startsWith(`${path}/`) || found.startsWith(`${path}?`)
    }
  }
  if (wanted.startsWith('/')) return (url) => pathOf(url).toLowerCase().startsWith(wanted)
  if (URL.canParse(what) && /^https?:/.test(wanted)) return (url) => url.toLowerCase().startsWith(wanted)
  throw new CliError(
    `${JSON.stringify(what)} is neither owner/repo nor the beginning of a URL or path; see ghmesh cache ls --help`,
    2
  )
}

const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/]+(?:\/api\/v3(?=\/))?/, '')

function factsOf({ url, accept, asOf, ...rest }: CachedEntry, now: number): object {
  return {
    url: shown(url),
    accept: shown(accept),
    as_of: new Date(asOf).toISOString(),
    age_seconds: Math.max(0, Math.floor((now - asOf) / 1000)),
    ...rest
  }
}

function lineOf({ url, accept, bytes, asOf, reach, validator, purged, received, bodies }: CachedEntry, now: number) {
  const more = [
    accept !== usualAccept && shown(accept),
    purged && 'purged',
    received && 'from a member',
    bodies > 1 && `${bodies} bodies`
  ].filter(Boolean)
  const cells = [
    ago(now - asOf).padStart(5),
    String(bytes).padStart(9),
    reach.padEnd(7),
    validator.padEnd(8),
    shown(url)
  ]
  return cells.join('  ') + (more.length > 0 ? `  (${more.join(', ')})` : '')
}
