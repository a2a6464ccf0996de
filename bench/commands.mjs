// The processes that benches measure, and the connections they are asked by.
import { spawn } from 'node:child_process'
import { Agent, request } from 'node:http'

/** A process that is ready once it says that it listens; resolves to what ends it. */
export async function startServer(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  // Also where another subject fails to start.
  process.once('exit', () => child.kill())
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
    child.stdout.on('data', (line) => String(line).includes('listening') && resolve())
  })
  return async () => {
    child.kill()
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

/** Sends one request again and again over one keep-alive connection through a Unix socket. */
export function client(socketPath, { body, ...options }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const get = () =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, agent, ...options }, async (response) => {
        const pieces = await response.toArray()
        resolve({ headers: response.headers, body: Buffer.concat(pieces) })
      })
      // A server closes a connection that was idle while others were measured.
      asking.on('error', (error) => (asking.reusedSocket ? resolve(get()) : reject(error))).end(body)
    })
  return { get, end: () => agent.destroy() }
}

/** Runs a command to its end and resolves to what it prints. */
export const commandLine = (command, args, env) => async () => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
  const [pieces, code] = await Promise.all([child.stdout.toArray(), ended])
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
  return Buffer.concat(pieces)
}
