import { lstat } from 'node:fs/promises'
import { request } from 'node:http'
import { CliError } from '../errors.ts'

/** Who listens on a socket, in words; undefined when nobody does. */
export type Holder = string | undefined

const patienceMs = 3000

/**
 * Who listens on a socket.
 *
 * @throws CliError for a path that is something else than a socket
 */
export async function holderOf(socket: string): Promise<Holder> {
  const stats = await lstat(socket).catch(() => undefined)
  if (!stats) return undefined
  if (!stats.isSocket()) throw new CliError(`${socket} exists and is no socket`)
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: socket, path: '/ghmesh/stats', headers: { host: 'localhost' } })
    asking.setTimeout(patienceMs, () => asking.destroy(new Error('no answer')))
    asking.on('response', async (response) => {
      const text = await response
        .setEncoding('utf8')
        .toArray()
        .catch(() => [])
      resolve(describe(text.join('')))
    })
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(undefined)
      else if (error.code === 'EACCES') reject(new CliError(`${socket} belongs to another user`))
      else resolve('a process that gives no answer')
    })
    asking.end()
  })
}

function describe(text: string): string {
  try {
    const { pid, since } = JSON.parse(text)
    if (Number.isSafeInteger(pid) && !Number.isNaN(Date.parse(since)))
      return `ghmesh proxy, process ${pid}, since ${since}`
  } catch {}
  return 'another program'
}
