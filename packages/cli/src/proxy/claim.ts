import { rmSync } from 'node:fs'
import process from 'node:process'
import { CliError, messageOf } from '../errors.ts'
import { setGhSocket } from './gh-config.ts'
import { formerOf, giveBack } from './gh-takeover.ts'
import { holderOf } from './listener.ts'
import { lockStart, readState, removeState, writeState } from './state.ts'

/** A socket on which no other proxy can start. */
export interface Claim {
  /** Call it once the proxy listens: writes that down next to the socket and, if wanted, into gh's configuration. */
  settle(): Promise<void>
  /** Restores everything. Synchronous, because it also runs while the process exits; calling it again does nothing. */
  release(): void
}

export interface ClaimOptions {
  /** Make gh use the socket. */
  gh: boolean
  /** Called with a problem that does not stop the proxy. */
  warn(message: string): void
}

/**
 * Claims a socket that nothing listens on, and repairs what a crash left behind.
 *
 * @throws CliError if it is taken; it says by whom
 */
export async function claimSocket(socket: string, { gh, warn }: ClaimOptions): Promise<Claim> {
  let unlock: (() => void) | undefined = await lockStart(socket)
  let settled = false
  let taken: { former: string; configDir: string } | undefined

  function release(): void {
    process.off('exit', release)
    unlock?.()
    unlock = undefined
    if (!settled) return
    settled = false
    try {
      if (taken) giveBack(socket, taken)
      removeState(socket)
    } catch (error) {
      // The state stays, so that the next start can repair it.
      warn(`ghmesh: gh still uses ${socket}: ${messageOf(error)}`)
    }
  }

  /** If it cannot be restored now, because gh is missing or fails, it is restored at the end. */
  function giveBackOrKeep(former: NonNullable<typeof taken>): void {
    try {
      giveBack(socket, former)
    } catch (error) {
      taken = former
      warn(`ghmesh: gh may still use ${socket} after a crash: ${messageOf(error)}`)
    }
  }

  process.on('exit', release)
  try {
    const holder = await holderOf(socket)
    if (holder)
      throw new CliError(
        `${socket} is in use by ${holder}; use that one, stop it, or choose another path with --socket`
      )
    const crashed = await readState(socket)
    if (gh) taken = await formerOf(socket, crashed)
    else if (crashed?.gh) giveBackOrKeep(crashed.gh)
    rmSync(socket, { force: true })
  } catch (error) {
    release()
    throw error
  }
  return {
    async settle() {
      settled = true
      await writeState(socket, { pid: process.pid, since: new Date().toISOString(), ...(taken && { gh: taken }) })
      if (taken && gh) setGhSocket(taken.configDir, socket)
      unlock?.()
      unlock = undefined
    },
    release
  }
}
