import { request } from 'node:http'
import { pipeOf, usesPipes } from './pipe.ts'

export interface SocketAnswer {
  status: number
  text: string
}

export interface SocketQuestion {
  path: string
  /** Sent as JSON by POST; absent: GET. */
  body?: object | undefined
  /** Maximum time without data from the other side. Default 3 s. */
  patienceMs?: number
}

/** Sends a request to a socket. Rejects with the system's error, or with `ETIMEDOUT` after too long a silence. */
export async function askSocket(
  socket: string,
  { path, body, patienceMs = 3000 }: SocketQuestion
): Promise<SocketAnswer> {
  const socketPath = usesPipes ? await pipeOf(socket) : socket
  if (socketPath === undefined) throw Object.assign(new Error(`${socket} does not name a pipe`), { code: 'ENOENT' })
  const json = body && JSON.stringify(body)
  const headers = { host: 'localhost', ...(json && { 'content-type': 'application/json' }) }
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, method: json ? 'POST' : 'GET', headers, agent: false })
    asking.setTimeout(patienceMs, () =>
      asking.destroy(Object.assign(new Error(`no response within ${patienceMs / 1000} s`), { code: 'ETIMEDOUT' }))
    )
    asking.on('response', (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((texts) => resolve({ status: response.statusCode ?? 0, text: texts.join('') }), reject)
    })
    asking.on('error', reject)
    asking.end(json)
  })
}
