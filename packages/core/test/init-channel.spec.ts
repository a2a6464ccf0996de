import { expect } from 'chai'
import { closedByItsOpener } from '../src/libp2p/init-channel.ts'

describe('the first channel of WebRTC', () => {
  it('is left to its opener; others of that name are the library’s, however many a peer opens', async () => {
    const taken: string[] = []
    const muxer = { onDataChannel: ({ id }: { id: string }) => void taken.push(id) }
    type Upgrade = (connection: object, options: { muxerFactory: { createStreamMuxer(how: object): object } }) => object
    let upgrade: Upgrade = () => ({})
    const wrapped = closedByItsOpener((({ upgrader }: { upgrader: { upgradeInbound: Upgrade } }) => {
      upgrade = upgrader.upgradeInbound
    }) as never)
    wrapped({
      upgrader: { upgradeInbound: (_: object, how: Parameters<Upgrade>[1]) => how.muxerFactory.createStreamMuxer({}) }
    } as never)
    upgrade({}, { muxerFactory: { createStreamMuxer: () => muxer } })
    for (const [id, label] of [
      ['first', 'init'],
      ['second', 'init'],
      ['stream', '']
    ] as const)
      muxer.onDataChannel({ id, label } as never)
    expect(taken).to.deep.equal(['second', 'stream'])
  })
})
