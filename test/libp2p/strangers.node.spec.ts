import { tcp } from '@libp2p/tcp'
import { expect } from 'chai'
import { createLibp2pTransport } from '../../packages/core/src/libp2p/libp2p.ts'
import { createPeer } from '../ports/fuzz.ts'

describe('strangers that come and go', () => {
  it('leave nothing behind in what libp2p remembers of peers', async () => {
    let all = async (): Promise<string[]> => []
    const gone: (() => void)[] = []
    const transport = createLibp2pTransport({
      transports: [
        (components) => {
          const { peerStore } = components as unknown as { peerStore: { all(): Promise<{ id: object }[]> } }
          all = async () => (await peerStore.all()).map(({ id }) => String(id))
          return tcp()(components)
        }
      ],
      listen: async (attempt) => (attempt === 0 ? { listen: ['/ip4/127.0.0.1/tcp/0'], announce: [] } : undefined)
    })
    await transport.start(['topic'], {
      message: async () => 'ignore',
      async *request() {},
      connect() {},
      disconnect: () => gone.shift()?.()
    })
    try {
      for (let i = 0; i < 3; i++) {
        const stranger = await createPeer()
        await stranger.connect(transport.addresses[0] as string)
        // Once it has said who it is, it is remembered.
        while (!(await all()).includes(stranger.peerId)) await new Promise((resolve) => setTimeout(resolve, 5))
        const left = new Promise<void>((resolve) => gone.push(resolve))
        await stranger.stop()
        await left
      }
      // Deleting is under way when the mesh hears that they have gone.
      while ((await all()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(transport.peers()).to.deep.equal([])
    } finally {
      await transport.stop()
    }
  })
})
