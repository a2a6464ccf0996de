import { setImmediate as turn } from 'node:timers/promises'
import { platformFetch } from '../../github/origin.ts'
import type { FetchInput } from '../../web-types.ts'

/** What a connection that the other side has closed fails with, in undici and below it. */
const closedCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

const wasClosed = (error: unknown): boolean =>
  error instanceof TypeError && closedCodes.has(String((error.cause as NodeJS.ErrnoException | undefined)?.code))

function onlyAsks(input: FetchInput, init?: RequestInit): boolean {
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
  return /^(?:get|head)$/i.test(method)
}

/**
 * The global fetch, as it was at import. A GET or HEAD whose connection was closed before anything was answered is
 * sent once more (RFC 9110, section 9.2.2), as browsers do: servers close connections that are idle, and undici may use one
 * of them in the same moment.
 *
 * @throws as fetch does
 */
export const fetchAgain: typeof globalThis.fetch = async (input, init) => {
  try {
    return await platformFetch(input, init)
  } catch (error) {
    if (!wasClosed(error) || !onlyAsks(input, init)) throw error
    await turn() // by then all other connections are known to be closed that were closed together with this one
    return platformFetch(input, init)
  }
}
