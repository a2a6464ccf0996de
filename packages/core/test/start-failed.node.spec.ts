import { expect } from 'chai'
import { createLibp2pTransport } from '../src/libp2p/libp2p.ts'

const relay = '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'

describe('a transport that can listen nowhere', () => {
  it('says so, and lets go of WebRTC, whose native part would keep the process alive', async () => {
    let users = 0
    const transport = createLibp2pTransport({
      transports: [],
      relays: [relay],
      async webRtc() {
        users++
        return {
          transport: () => {
            throw new Error('it is not made')
          },
          stop: () => void users--
        }
      },
      listen: async () => undefined
    })
    const failed = await transport.start(['topic'], {} as never).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'ERR_TRANSPORT' })
    await transport.stop()
    expect(users).to.equal(0)
  })
})
