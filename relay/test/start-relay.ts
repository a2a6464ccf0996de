import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type createCommands, type Running, root } from '../../test/support/commands.ts'

const bundle = join(root, 'relay/dist/ghmesh-relay.mjs')
const loopback = { GHMESH_RELAY_HOST: '127.0.0.1', GHMESH_RELAY_TCP_PORT: '0', GHMESH_RELAY_WS_PORT: '0' }
const quiet = { GHMESH_RELAY_WEBRTC_PORT: 'off', GHMESH_RELAY_HTTP_PORT: '0' }

/** Starts the command in an empty folder, with nothing beside it; its output can be sent elsewhere, as a shell does. */
export function startRelay(
  commands: ReturnType<typeof createCommands>,
  args: string[] = [],
  env: Record<string, string | undefined> = {},
  redirection?: string
): Running & { folder: string; keyFile: string } {
  const folder = commands.folder('relay')
  copyFileSync(bundle, join(folder, 'ghmesh-relay.mjs'))
  const keyFile = join(folder, 'state/identity.key')
  const variables = { ...loopback, ...quiet, GHMESH_RELAY_KEY_FILE: keyFile, ...env }
  const command = [process.execPath, join(folder, 'ghmesh-relay.mjs'), ...args] as const
  const [file, ...given] = redirection ? ['sh', '-c', `exec "$0" "$@" ${redirection}`, ...command] : command
  return { ...commands.start(file, given, variables), folder, keyFile }
}
