import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { cacheDirOf } from '../environment.ts'
import { CliError } from '../errors.ts'
import { canBeSocket, defaultSocket, socketPath } from '../proxy/socket-path.ts'
import { type RunningProxy, runningProxy } from './running-proxy.ts'

/** Where the user wants to look. */
export interface Place {
  socket?: string | undefined
  cacheDir?: string | undefined
}

/** What a command looks at: the running proxy and the directory that it uses, or else a directory. */
export interface Source {
  proxy?: RunningProxy | undefined
  directory: string
}

/**
 * The running proxy, or else the directory. A directory that the user named is used as it is.
 *
 * @throws CliError if nothing listens on the socket that the user named, or something other than a proxy
 */
export async function sourceOf({ socket, cacheDir }: Place): Promise<Source> {
  if (cacheDir !== undefined) return { directory: resolve(cacheDir) }
  const proxy = await proxyOn(socket)
  return { proxy, directory: proxy?.figures.cacheDir ?? cacheDirOf(undefined) }
}

/**
 * The same, for commands that change entries: if the proxy uses the named directory, the change goes through the proxy, which
 * has entries from it in memory.
 */
export async function sourceToChange(place: Place): Promise<Source> {
  if (place.cacheDir === undefined) return sourceOf(place)
  const directory = resolve(place.cacheDir)
  const proxy = await proxyOn(undefined)
  return proxy?.figures.cacheDir !== undefined && isSame(proxy.figures.cacheDir, directory)
    ? { proxy, directory }
    : { directory }
}

async function proxyOn(socket: string | undefined): Promise<RunningProxy | undefined> {
  // If there can be no proxy here, that matters only to users who name one.
  if (socket === undefined && !canBeSocket(defaultSocket())) return undefined
  const path = socketPath(socket)
  const proxy = await runningProxy(path)
  if (!proxy && socket !== undefined) {
    throw new CliError(
      `no proxy listens on ${path}; start one with "ghmesh proxy --socket ${path}", or leave out --socket`
    )
  }
  return proxy
}

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b)
  } catch {
    return a === b
  }
}
