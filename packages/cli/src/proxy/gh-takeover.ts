import { isAbsolute } from 'node:path'
import { CliError } from '../errors.ts'
import { ghConfigDir, ghSocket, setGhSocket } from './gh-config.ts'
import { holderOf } from './listener.ts'
import { type ProxyState, readState } from './state.ts'

/** Maximum of crashed proxies to look back through, each in gh's configuration before the next one. */
const maxCrashes = 10

/** After a crash: restores gh's configuration, unless it was changed since. */
export function giveBack(socket: string, { former, configDir }: NonNullable<ProxyState['gh']>): void {
  if (ghSocket(configDir) === socket) setGhSocket(configDir, former)
}

/**
 * The value that has to be restored in gh's configuration later, if this socket takes it over now.
 *
 * @throws CliError if gh already uses another running proxy
 */
export async function formerOf(
  socket: string,
  crashed: ProxyState | undefined
): Promise<NonNullable<ProxyState['gh']>> {
  const configDir = ghConfigDir()
  let former = ghSocket(configDir)
  if (former === socket) former = crashed?.gh?.configDir === configDir ? crashed.gh.former : ''
  for (let i = 0; i < maxCrashes && isAbsolute(former); i++) {
    const other = await readState(former)
    if (!other) break
    const holder = await holderOf(former)
    if (holder) throw new CliError(`gh already goes through ${former} (${holder})`)
    former = other.gh?.former ?? ''
  }
  return { former: former === socket ? '' : former, configDir }
}
