import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect } from 'chai'
import { createCommands } from '../../../test/support/commands.ts'

/** What no Response can hold, as the first line of an answer. */
const strange: Record<string, string> = {
  'a status above 599': 'HTTP/1.1 999 Odd',
  'a control character in its reason phrase': 'HTTP/1.1 200 O\u0001K'
}

describe('ghmesh proxy, where GitHub answers a GET with a body by', () => {
  const commands = createCommands()
  let toBody = ''
  const github = createServer((req) => {
    const line = req.headers['content-length'] ? toBody : 'HTTP/1.1 200 OK'
    req.socket.end(`${line}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`)
  })
  const portOf = () => (github.address() as AddressInfo).port
  let port: number
  const ask = async (body?: string) => {
    const headers = body ? { 'content-length': body.length } : {}
    const asking = request({ host: '127.0.0.1', port, path: '/emojis', agent: false, headers }).end(body)
    const [response] = await once(asking, 'response')
    return [response.statusCode, await json(response)]
  }

  before(async () => {
    await once(github.listen(0, '127.0.0.1'), 'listening')
    const proxy = commands.ghmesh(['proxy', '--port', '0'], {
      GITHUB_API_URL: `http://127.0.0.1:${portOf()}`,
      IPFS_ACCELERATE_CACHE_DIR: commands.folder('cache')
    })
    const listening = /^listening on .*127\.0\.0\.1:(\d+)\n/m
    await proxy.said(listening)
    port = Number(listening.exec(proxy.printed())?.[1])
  })
  after(async () => {
    await commands.end()
    github.close()
  })

  for (const [what, line] of Object.entries(strange))
    it(`${what}: says so, and goes on`, async () => {
      toBody = line
      const [status, said] = await ask('body')
      expect(status).to.equal(502)
      expect(said)
        .to.have.property('message')
        .that.includes(`ghmesh: cannot reach 127.0.0.1:${portOf()}: fetch failed: `)
      expect(await ask()).to.deep.equal([200, {}])
    })
})
