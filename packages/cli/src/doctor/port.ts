import { createServer } from 'node:net'
import { bareTransport } from '../probe/transport.ts'
import { type Finding, failure, ok, warning } from './check.ts'

const answerMs = 2000

/** Whether the port that others dial is free, or who is using it. `host`: all addresses of this machine, or loopback. */
export async function checkPort(port: number, host: string): Promise<Finding> {
  if (port === 0) return ok('any free port, so a firewall has to allow all of them')
  const code = await whyBusy(port, host)
  if (code === undefined) return ok(`${port} is free`)
  if (code !== 'EADDRINUSE')
    return failure(`cannot listen on ${port} (${code})`, 'set CACHE_LISTEN_PORT to 1024 or higher')
  const version = await runningGhmesh(port)
  if (version !== undefined) return ok(`${port} is used by a running ghmesh (version ${version})`)
  return warning(
    `${port} is in use by another program; ghmesh uses the next free one, which a firewall may block`,
    'end that program, or set CACHE_LISTEN_PORT to a free port'
  )
}

function whyBusy(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown reason'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function runningGhmesh(port: number): Promise<string | undefined> {
  const transport = await bareTransport()
  try {
    const signal = AbortSignal.timeout(answerMs)
    const { version } = await transport.probe(`/ip4/127.0.0.1/tcp/${port}`, { signal, rounds: 1 })
    return version
  } catch {
    return undefined
  } finally {
    await transport.stop()
  }
}
