import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { createRelay } from '../src/index.ts'

const loopback = { host: '127.0.0.1', tcpPort: 0, webSocketPort: 'off' } as const

describe('a relay that is stopped while it starts', () => {
  it('does not run afterwards', async () => {
    const relay = createRelay(loopback)
    const starting = relay.start()
    await relay.stop()
    await starting
    expect(() => relay.addresses).to.throw('this relay is not running')
  })

  it('is stopped once its start has failed', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const relay = createRelay({ ...loopback, tcpPort: port })
    const starting = relay.start().then(
      () => 'started',
      () => 'failed'
    )
    await relay.stop()
    expect(await Promise.race([starting, 'it starts'])).to.equal('failed')
    taken.close()
  })
})
