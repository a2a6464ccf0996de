import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { CliError, messageOf } from '../errors.ts'
import { ghConfigDir, ghSocket } from '../proxy/gh-config.ts'
import { giveBack } from '../proxy/gh-takeover.ts'
import { holderOf } from '../proxy/listener.ts'
import { lockStart, type ProxyState, readState, removeState } from '../proxy/state.ts'
import { type Finding, failure, ok, warning } from './check.ts'

/** Maximum of killed proxies to look back through, each in gh's configuration before the next one. */
const maxKilled = 10
const unset = 'gh config set http_unix_socket ""'

/** Where gh sends its calls; repairs what a killed proxy left behind. */
export async function checkGh(): Promise<{ finding: Finding; socket?: string }> {
  if (process.platform === 'win32') return { finding: ok('not used through a socket on Windows') }
  let restored = false
  try {
    for (let i = 0; i < maxKilled; i++) {
      const socket = ghSocket(ghConfigDir())
      if (socket === '') return { finding: now(restored, 'gh talks to GitHub directly') }
      const holder = await holderOf(socket)
      if (holder !== undefined) {
        const above = await cacheAbove()
        return { finding: above ?? now(restored, `gh goes through ${socket} (${holder})`), socket }
      }
      const state = await readState(socket)
      if (!state?.gh || !(await restore(socket, state.gh))) return { finding: dead(socket) }
      restored = true
    }
    return { finding: dead(ghSocket(ghConfigDir())) }
  } catch (error) {
    if (error instanceof CliError && error.exitCode === 127) return { finding: ok('gh is not installed') }
    return { finding: failure(messageOf(error), unset) }
  }
}

const now = (restored: boolean, said: string): Finding =>
  restored
    ? warning(
        `a "ghmesh proxy --gh" was killed, and gh still used its socket; gh's previous setting is restored: ${said}`,
        'nothing more to do; "ghmesh proxy --gh" starts it again'
      )
    : ok(said)

const dead = (socket: string): Finding =>
  failure(`gh uses ${socket}, but nothing listens there, so every gh command fails`, unset)

/**
 * A cache of gh's own that answers before its socket is asked, so what members or this machine have changed does not show: see
 * `api.go` and `cache.go` of https://github.com/cli/cli.
 */
async function cacheAbove(): Promise<Finding | undefined> {
  const { GH_AGGRESSIVE_CACHING_TTL: ttl } = process.env
  if (ttl)
    return warning(
      `gh keeps responses itself for ${ttl}, because GH_AGGRESSIVE_CACHING_TTL is set; what is changed meanwhile does not show`,
      'unset it: the proxy keeps responses, and knows what has changed'
    )
  const config = await readFile(join(ghConfigDir(), 'config.yml'), 'utf8').catch(() => '')
  return hasCachingAlias(config)
    ? warning(
        'an alias of gh uses "gh api --cache", which keeps responses above the proxy; what is changed meanwhile does not show',
        'take --cache out of it: "gh alias list" shows it'
      )
    : undefined
}

/** Whether an alias in gh's `config.yml` calls `gh api --cache`. */
export const hasCachingAlias = (config: string): boolean => /^\s+\S+:.*\bapi\b.*\s--cache\b/m.test(config)

/** False if gh's configuration does not match what the proxy wrote down. */
async function restore(socket: string, before: NonNullable<ProxyState['gh']>): Promise<boolean> {
  const unlock = await lockStart(socket)
  try {
    // A proxy that started meanwhile has repaired it, and needs its socket.
    if ((await holderOf(socket)) !== undefined) return true
    giveBack(socket, before)
    removeState(socket)
    rmSync(socket, { force: true })
    return ghSocket(ghConfigDir()) !== socket
  } finally {
    unlock()
  }
}
