import { CliError } from '../errors.ts'
import { askSocket } from '../proxy/ask-socket.ts'
import { listenerOn } from '../proxy/listener.ts'
import type { ProxyFigures } from '../proxy/own-pages.ts'

/** A proxy that answers. */
export interface RunningProxy {
  socket: string
  /** What it said about itself when it was found. */
  figures: ProxyFigures
  /**
   * Requests one of its own pages; with a body, by POST.
   *
   * @throws CliError with the proxy's message if it answers with an error; exit code 2 if the request was wrong
   */
  ask<T>(path: string, body?: object): Promise<T>
}

/** How long a change can take: it may have to go through a large cache. */
const changePatienceMs = 60_000

/**
 * The proxy that listens on a socket; undefined if nothing does.
 *
 * @throws CliError if something else does; it says what, and what to do
 */
export async function runningProxy(socket: string): Promise<RunningProxy | undefined> {
  const listener = await listenerOn(socket)
  if (listener.kind === 'nobody') return undefined
  if (listener.kind !== 'proxy') {
    throw new CliError(
      listener.kind === 'silent'
        ? `the process that listens on ${socket} does not respond; end it, or choose another --socket`
        : `a program other than ghmesh proxy listens on ${socket}; choose another --socket`
    )
  }
  const figures = listener.said as unknown as ProxyFigures

  async function ask<T>(path: string, body?: object): Promise<T> {
    const asked = { path, body, ...(body && { patienceMs: changePatienceMs }) }
    const { status, text } = await askSocket(socket, asked).catch((error) => {
      throw new CliError(`the proxy on ${socket} (process ${figures.pid}) no longer responds: ${error.message}`)
    })
    if (status === 200) return JSON.parse(text)
    throw new CliError(saidIn(text) ?? `the proxy on ${socket} answered ${status}`, status === 400 ? 2 : 1)
  }

  return { socket, figures, ask }
}

function saidIn(text: string): string | undefined {
  try {
    return String(JSON.parse(text).message).replace(/^ghmesh: /, '')
  } catch {
    return undefined
  }
}
