import { connect } from 'node:net'

/** Why a TCP connection fails, as an error code; undefined if it succeeds. */
export function tcpFailure(
  { host, port }: { host: string; port: number },
  signal: AbortSignal
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (code: string | undefined) => {
      signal.removeEventListener('abort', late)
      socket.destroy()
      resolve(code)
    }
    const late = () => end('ETIMEDOUT')
    if (signal.aborted) return late()
    signal.addEventListener('abort', late)
    socket.once('connect', () => end(undefined))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code ?? ''))
  })
}
