import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { briefMember } from './brief-member.ts'
import { apiUrl, findsMembers } from './environment.ts'
import { Interrupted } from './errors.ts'
import { createOutput } from './output.ts'
import { noGh, noSocketForGh } from './proxy/gh-config.ts'
import { createHandler } from './proxy/handler.ts'
import { closeServer, listenOnSocket } from './proxy/listen.ts'
import { privateGh } from './proxy/private-gh.ts'
import { limitedFetch } from './proxy/slots.ts'
import { firstMember } from './until.ts'

/** Their changes to gh's configuration have to last, and no request of theirs is answered from the cache. */
const aboutGh = new Set(['alias', 'auth', 'completion', 'config', 'help', 'version'])
const firstMemberMs = 1000
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type PassedOn = (typeof passedOn)[number]

/** `ghmesh gh`: runs one command of gh through the mesh. Resolves to its exit code. */
export async function gh(args: readonly string[]): Promise<number> {
  if (process.platform === 'win32') throw noSocketForGh()
  const stop = new AbortController()
  let pass = (name: PassedOn): unknown => stop.abort(new Interrupted(name === 'SIGINT' ? 'SIGINT' : 'SIGTERM'))
  const heard = (name: PassedOn) => void pass(name)
  for (const name of passedOn) process.on(name, heard)
  try {
    if (args[0] === undefined || aboutGh.has(args[0])) return await run({})
    const own = await privateGh()
    try {
      return await throughMesh(own.socket, () => run({ GH_CONFIG_DIR: own.configDir }))
    } finally {
      await own.remove()
    }
  } finally {
    for (const name of passedOn) process.off(name, heard)
  }

  async function throughMesh(socket: string, work: () => Promise<number>): Promise<number> {
    const { logger } = createOutput()
    // Otherwise requests that nobody waits for any more would keep the process alive.
    const ended = new AbortController()
    const fetch = limitedFetch(ended.signal)
    await using mesh = await briefMember({ fetch, logger })
    const alone = !mesh.peerId || !findsMembers()
    const ready = alone ? undefined : firstMember(mesh, firstMemberMs, stop.signal).catch(() => {})
    const listener = createHandler({ mesh, api: new URL(apiUrl()), ready })
    const server = await listenOnSocket(socket, listener({ kind: 'socket', path: socket }))
    try {
      return await work()
    } finally {
      await closeServer(server)
      stop.abort()
      await ready
      // What was written is told to members first.
      await mesh.stop().finally(() => ended.abort())
    }
  }

  function run(env: NodeJS.ProcessEnv): Promise<number> {
    stop.signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const child = spawn('gh', args, { stdio: 'inherit', env: { ...process.env, ...env } })
      pass = (name) => {
        // On a terminal, gh has already received Ctrl-C.
        if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name)
      }
      child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? noGh() : error))
      child.once('exit', (code, by) => resolve(code ?? 128 + constants.signals[by as NodeJS.Signals]))
    })
  }
}
