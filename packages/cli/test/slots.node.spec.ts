import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { cameBy, limitedFetch } from '../src/proxy/slots.ts'

describe('requests to GitHub at once', () => {
  const arrived = new Map<string, ServerResponse>()
  const server = createServer((req, res) => {
    arrived.set(req.url as string, res)
    server.emit('arrived')
  })
  let url = ''
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => arrived.clear())
  after(() => server.closeAllConnections())
  after(() => void server.close())

  const has = async (...paths: string[]) => {
    while (!paths.every((path) => arrived.has(path))) await once(server, 'arrived')
  }
  const setUp = () => {
    const control = new AbortController()
    const fetch = limitedFetch(control.signal, 3, 2)
    const ask = (by: 'port' | 'socket', path: string, signal?: AbortSignal) =>
      cameBy.run(by, () => fetch(url + path, signal && { signal })).then(({ status }) => status)
    return { control, ask }
  }
  const answer = (path: string) => arrived.get(path)?.end()

  // docs/gh.md: "At most 100 requests to GitHub run at once"
  it('through the port leave room for the owner of the socket, whatever waits there', async () => {
    const { ask } = setUp()
    const fromPort = ['/p1', '/p2', '/p3', '/p4'].map((path) => ask('port', path))
    const own = ask('socket', '/s1')
    await has('/p1', '/p2', '/s1')
    expect([...arrived.keys()].sort()).to.deep.equal(['/p1', '/p2', '/s1'])
    answer('/s1')
    expect(await own).to.equal(200)
    // Who comes next at the socket does not stand behind those of the port either.
    const next = ask('socket', '/s2')
    await has('/s2')
    expect([...arrived.keys()]).not.to.include('/p3')
    answer('/p1')
    await has('/p3')
    for (const path of ['/p2', '/p3', '/s2']) answer(path)
    await has('/p4')
    answer('/p4')
    expect(await Promise.all([...fromPort, next])).to.deep.equal([200, 200, 200, 200, 200])
  })

  it('are no more than the bound, and one that was given up while it waited takes no place', async () => {
    const { ask, control } = setUp()
    const first = ['/a', '/b', '/c'].map((path) => ask('socket', path))
    await has('/a', '/b', '/c')
    const gone = new AbortController()
    const given = ask('socket', '/d', gone.signal).catch((error) => error.name)
    const last = ask('socket', '/e')
    gone.abort()
    expect(await given).to.equal('AbortError')
    answer('/a')
    await has('/e')
    expect([...arrived.keys()]).not.to.include('/d')
    control.abort()
    const ended = await Promise.allSettled([...first, last])
    expect(ended.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'rejected', 'rejected'])
  })
})
