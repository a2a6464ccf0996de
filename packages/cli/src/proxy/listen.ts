import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { maxDescriptors } from 'ghmesh/node-sockets'
import { CliError } from '../errors.ts'
import { newPipe, tellPipe, usesPipes } from './pipe.ts'

const secondMs = 1000
/** How many clients can connect at the same moment: a socket refuses those for which its queue has no room. */
const backlog = 4096

function newServer(): Server {
  const server = createServer({
    // A stalled client holds only its own connection, and not for ever.
    headersTimeout: 30 * secondMs,
    // Node's own look, every half minute, could come twice as late.
    connectionsCheckingInterval: 5 * secondMs,
    // A long upload is not a stalled client.
    requestTimeout: 0,
    maxHeaderSize: 16 * 1024
  })
  server.timeout = 600 * secondMs
  return server
}

/** Listens on a Unix socket that only this user can open. Windows: on a named pipe that stands for it. */
export async function listenOnSocket(path: string, listener: RequestListener): Promise<Server> {
  const server = newServer().on('request', listener)
  if (usesPipes) {
    const pipe = newPipe()
    server.listen({ path: pipe })
    await listening(server, path, '--socket')
    server.once('close', await tellPipe(path, pipe))
    return server
  }
  // From the first moment on, so chmod would be too late.
  const mask = process.umask(0o177)
  try {
    server.listen({ path, backlog })
  } finally {
    process.umask(mask)
  }
  await listening(server, path, '--socket')
  return server
}

/**
 * Listens on a port of the loopback address; 0 for any. Everybody on this machine can connect to it, and connections alone must
 * not use up the descriptors that the socket and GitHub need.
 */
export async function listenOnPort(
  wanted: number,
  listenerFor: (port: number) => RequestListener
): Promise<{ server: Server; port: number }> {
  const server = newServer()
  const descriptors = maxDescriptors()
  if (descriptors !== undefined) server.maxConnections = Math.floor(descriptors / 2)
  server.listen({ port: wanted, host: '127.0.0.1', backlog })
  await listening(server, `port ${wanted}`, '--port, or 0 for any free one')
  const { port } = server.address() as AddressInfo
  server.on('request', listenerFor(port))
  return { server, port }
}

function listening(server: Server, where: string, another: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new CliError(
          `cannot listen on ${where}: ${code === 'EADDRINUSE' ? 'it is in use' : message}; choose another with ${another}`
        )
      )
    )
  })
}

/** Closes a server; requests under way get a moment to finish. Calling it again does nothing. */
export async function closeServer(server: Server, graceMs = 2 * secondMs): Promise<void> {
  if (!server.listening) return
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}
