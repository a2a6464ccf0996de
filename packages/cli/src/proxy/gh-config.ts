import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { homeFolder } from 'ghmesh/node-folder'
import { CliError } from '../errors.ts'

const key = 'http_unix_socket'

/** The folder of gh's configuration, as gh finds it. */
export function ghConfigDir(): string {
  const { GH_CONFIG_DIR, XDG_CONFIG_HOME } = process.env
  if (GH_CONFIG_DIR) return GH_CONFIG_DIR
  return join(XDG_CONFIG_HOME || join(homeFolder(), '.config'), 'gh')
}

// Synchronous, so that it also works while the process exits.
function config(configDir: string, ...args: string[]): string {
  try {
    return execFileSync('gh', ['config', ...args], {
      env: { ...process.env, GH_CONFIG_DIR: configDir, GH_NO_UPDATE_NOTIFIER: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
      // A second Ctrl-C on the terminal must not end it halfway.
      detached: true
    } as ExecFileSyncOptionsWithStringEncoding)
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT') throw noGh()
    throw new CliError(`gh config ${args[0]} ${key} failed: ${(stderr || message).trim()}`)
  }
}

export const noSocketForGh = () =>
  new CliError('gh reaches a proxy through a Unix socket, which Node does not have on Windows; use WSL')

export const noGh = () => new CliError('the command gh was not found; see https://cli.github.com', 127)

/**
 * The socket that gh uses; empty for none.
 *
 * @throws CliError if gh does not tell
 */
export function ghSocket(configDir: string): string {
  try {
    return config(configDir, 'get', key).trim()
  } catch (error) {
    // Some versions of gh fail if the value was never set.
    if (error instanceof CliError && /could not find key|failed: not found$/.test(error.message)) return ''
    throw error
  }
}

/** Makes gh use a socket; empty for none. */
export function setGhSocket(configDir: string, socket: string): void {
  config(configDir, 'set', key, socket)
}
