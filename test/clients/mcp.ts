import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { GitHub } from '@ghmesh/github-sim'
import type { createCommands } from '../support/commands.ts'
import { clients } from './world.ts'

/** A tool of the server, and what it is told. */
export type ToolCall = [name: string, args: object]

interface Enterprise {
  base: string
  stop(): Promise<unknown>
}

interface Message {
  id?: number
  result?: { isError?: boolean; content: { type: string; text?: string; resource?: { text?: string } }[] }
}

/**
 * Starts github-mcp-server on its standard input for a host, calls its tools one after the other, and resolves to what each
 * said: https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio.
 */
export async function callTools(
  commands: ReturnType<typeof createCommands>,
  { host, token, calls }: { host: string; token: string; calls: readonly ToolCall[] }
): Promise<string[]> {
  const env = { GITHUB_HOST: host, GITHUB_PERSONAL_ACCESS_TOKEN: token }
  const server = commands.start(join(clients, 'mcp/github-mcp-server'), ['stdio'], env)
  const send = (message: object) => server.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  let id = 0
  const ask = async (method: string, params: object): Promise<Message> => {
    const own = ++id
    send({ id: own, method, params })
    await server.said(new RegExp(`^\\{"jsonrpc":"2\\.0","id":${own},.*\\n`, 'm'))
    const lines = server.printed().split('\n')
    return JSON.parse(lines.find((line) => line.startsWith(`{"jsonrpc":"2.0","id":${own},`)) ?? '')
  }
  await ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'ghmesh', version: '1' }
  })
  send({ method: 'notifications/initialized' })
  const said: string[] = []
  for (const [name, args] of calls) {
    const { result } = await ask('tools/call', { name, arguments: args })
    const text = result?.content.map((one) => one.text ?? one.resource?.text ?? '').join('\n')
    said.push(`${result?.isError ? 'error: ' : ''}${text}`)
  }
  server.child.kill()
  await server.ended
  return said
}

/** A GitHub by the paths of a GitHub Enterprise Server, on a port of this machine; undefined where this user cannot have that. */
export async function enterpriseServer(github: GitHub, port: number): Promise<Enterprise | undefined> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { authorization = '', accept = '' } = request.headers
    const answer = await fetch(github.url + (request.url ?? '').replace(/^\/api(?:\/v3)?/, ''), {
      method: request.method ?? 'GET',
      headers: { authorization, accept, 'content-type': 'application/json' },
      ...(body.length > 0 && { body })
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    response.end(await answer.text())
  })
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () =>
      resolve({
        base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        stop: () => new Promise((closed) => server.close(closed))
      })
    )
  })
}
