import type { Server } from 'node:http'
import process from 'node:process'
import { createMesh } from 'ghmesh'
import { apiUrl, cacheDirOf, graphqlTtlInEnvironment } from './environment.ts'
import { CliError } from './errors.ts'
import { stopped } from './interrupt.ts'
import { createOutput } from './output.ts'
import { claimSocket } from './proxy/claim.ts'
import { noSocketForGh } from './proxy/gh-config.ts'
import { createHandler } from './proxy/handler.ts'
import { closeServer, listenOnPort, listenOnSocket } from './proxy/listen.ts'
import { createLowQuota } from './proxy/low-quota.ts'
import { memoryBytes } from './proxy/memory.ts'
import { usesPipes } from './proxy/pipe.ts'
import { withoutLeaving } from './proxy/redirects.ts'
import { limitedFetch } from './proxy/slots.ts'
import { prepareSocketPath } from './proxy/socket-path.ts'

export interface ProxyFlags {
  gh?: boolean
  socket?: string
  port?: number
  cacheDir?: string
  /** For a machine on which agents run. */
  agents?: boolean
  /** Seconds; 0: off. */
  graphqlTtl?: number
  rewriteUrls?: boolean
  verbose?: boolean
}

/** How long `--agents` keeps responses to GraphQL queries: two steps of `gh pr checks --watch`, seconds. */
const agentsGraphqlTtl = 20

/** `ghmesh proxy`: serves until it is stopped, then restores gh's configuration. */
export async function proxy(flags: ProxyFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput()
  if (usesPipes) requirePort(flags)
  // When the terminal closes, gh must not be left with a dead socket. The signal may arrive more than once. It is emitted, because
  // Windows would end the process instead of signalling it.
  process.on('SIGHUP', () => process.emit('SIGTERM', 'SIGTERM'))
  const socket = await prepareSocketPath(flags.socket)
  const claim = await claimSocket(socket, { gh: flags.gh ?? false, warn: output.note })
  // Otherwise requests that nobody waits for any more would keep the process alive.
  const ended = new AbortController()
  try {
    const cacheDir = cacheDirOf(flags.cacheDir)
    const fetch = withoutLeaving(limitedFetch(ended.signal))
    const { graphqlTtl = flags.agents && !graphqlTtlInEnvironment() ? agentsGraphqlTtl : undefined } = flags
    await using mesh = await createMesh({
      fetch,
      logger: output.logger,
      cacheDir,
      graphqlTtlMs: graphqlTtl === undefined ? undefined : graphqlTtl * 1000,
      limits: { memoryBytes }
    })
    const tellLow = createLowQuota(Date.now, output.note)
    const listener = createHandler({
      mesh,
      api: new URL(apiUrl()),
      cacheDir,
      rewriteUrls: flags.rewriteUrls,
      answered(...what) {
        if (flags.verbose) output.note(`${new Date().toISOString()} ${what.join(' ').trim()}`)
        if (flags.agents) tellLow(mesh.stats())
      }
    })
    const servers: Server[] = []
    try {
      servers.push(await listenOnSocket(socket, listener({ kind: 'socket', path: socket })))
      const places = [socket]
      if (flags.port !== undefined) {
        const { server, port } = await listenOnPort(flags.port, (own) => listener({ kind: 'port', port: own }))
        servers.push(server)
        places.push(`http://127.0.0.1:${port}`)
      }
      signal.throwIfAborted()
      await claim.settle()
      output.line(`listening on ${places.join(' and ')}`)
      await stopped(signal)
      return 0
    } finally {
      // gh first: from now on it must not use this socket.
      claim.release()
      await Promise.all(servers.map((server) => closeServer(server)))
      // It has things to say to GitHub and to members first.
      await mesh.stop()
    }
  } finally {
    ended.abort()
    claim.release()
  }
}

/** Clients of a proxy speak to Unix sockets or ports, not to named pipes. */
function requirePort({ gh, port }: ProxyFlags): void {
  if (gh) throw noSocketForGh()
  if (port === undefined) throw new CliError('on Windows clients reach a proxy on a port; add --port 4000, say', 2)
}
