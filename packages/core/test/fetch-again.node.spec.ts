import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { fetchAgain } from '../src/platform/node/fetch.ts'

describe('fetch over connections that the server closes', () => {
  let server: Server
  let url: string
  let requests = 0
  /** Whether the next request is answered; else its connection is closed. */
  let answers = () => true

  before(async () => {
    server = createServer((req, res) => {
      requests++
      if (answers()) res.end('here')
      else req.socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  beforeEach(() => {
    requests = 0
    answers = () => true
  })
  afterEach(() => server.closeAllConnections())
  after(() => new Promise((resolve) => server.close(resolve)))

  const get = async (init?: RequestInit) => (await fetchAgain(url, init)).text()
  const failure = (init?: RequestInit) =>
    get(init).then(
      () => expect.fail('was answered'),
      (error: Error) => error
    )

  it('asks once more on another one, however many were closed at the same moment', async () => {
    const all = () => Promise.all(Array.from({ length: 50 }, () => get()))
    await all()
    server.closeIdleConnections()
    expect(new Set(await all())).to.deep.equal(new Set(['here']))
  })

  it('asks no third time, and fails as fetch does', async () => {
    answers = () => false
    const error = await failure()
    expect(error).to.be.an.instanceOf(TypeError)
    expect(requests).to.equal(2)
  })

  it('never sends again what changes something', async () => {
    answers = () => false
    await failure({ method: 'POST', body: 'x' })
    await failure({ method: 'DELETE' })
    expect(requests).to.equal(2)
    requests = 0
    await fetchAgain(new Request(url, { method: 'PATCH' })).catch(() => {})
    expect(requests).to.equal(1)
  })

  it('does not ask again whoever has given up', async () => {
    const control = new AbortController()
    answers = () => {
      control.abort(new Error('enough'))
      return false
    }
    expect((await failure({ signal: control.signal })).message).to.equal('enough')
    expect(requests).to.equal(1)
  })
})
