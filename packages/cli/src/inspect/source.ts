import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { cacheDirOf } from '../environment.ts'
import { CliError } from '../errors.ts'
import { canBeSocket, defaultSocket, socketPath } from '../proxy/socket-path.ts'
import { type RunningProxy, runningProxy } from './running-proxy.ts'

/** Where a user says to look. */
export interface Place {
  socket?: string | undefined
  cacheDir?: string | undefined
}

/** What a command looks at: the proxy that runs, or else the directory. Of a proxy, the directory is the one that it uses. */
export interface Source {
  proxy?: RunningProxy | undefined
  directory: string
}

/**
 * The proxy where one runs, else the directory. A directory that was named is taken as it is.
 *
 * @throws CliError when nobody listens on the socket that was named, or no proxy does
 */
export async function sourceOf({ socket, cacheDir }: Place): Promise<Source> {
  if (cacheDir !== undefined) return { directory: resolve(cacheDir) }
  const proxy = await proxyOn(socket)
  return { proxy, directory: proxy?.figures.cacheDir ?? cacheDirOf(undefined) }
}

/**
 * The same, for what changes entries: where the proxy uses the directory that was named, the change goes through it, for it
 * has entries of it in memory.
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
  // Where no proxy can be, that matters only to whoever names one.
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
