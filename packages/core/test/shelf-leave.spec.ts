import { expect } from 'chai'
import { hex } from '../src/bytes.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createKeptOnShelf } from '../src/exchange/shelf-kept.ts'
import { createShelfLeave, type ShelfLeaveOptions } from '../src/exchange/shelf-leave.ts'
import { createApi } from '../src/github/api.ts'
import { openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'
import { decodeShelfQuestion, encodeShelfAnswer, type ShelfPut } from '../src/protocol/shelf.ts'
import { entryOf } from './fixtures/entries.ts'

const now = 1_000_000

describe('what is taken away from shelves', () => {
  /** A member that has left a body at relays r and s, and can take it away. */
  async function setUp() {
    const group = await openGroup(createSecret(), () => now, 1000)
    const entry = await entryOf('[1]', { asOf: now })
    let held = [entry]
    const wireName = hex(await group.wireKey('key'))
    const connected = new Set(['r', 's'])
    const holding = new Set<string>()
    // Relays to which the next streams break.
    const broken: string[] = []
    const options: Partial<Record<keyof ShelfLeaveOptions, unknown>> = {
      group,
      relays: {
        get taking() {
          return [...connected]
        }
      },
      kept: createKeptOnShelf(),
      cache: { find: async (key: string) => ({ key, entries: held }) },
      async *ask(relayId: string, question: Uint8Array) {
        if (broken.includes(relayId)) {
          broken.splice(broken.indexOf(relayId), 1)
          throw new Error('the stream broke')
        }
        const { key, sealed } = decodeShelfQuestion(question) as ShelfPut
        if (hex(key) === wireName) {
          if (sealed.byteLength > 0) holding.add(relayId)
          else holding.delete(relayId)
        }
        yield encodeShelfAnswer({ type: 'ok' })
      },
      peerId: () => 'a',
      mayShare: () => true,
      purges: createPurges(createApi(new URL('https://api.github.com'))),
      localNow: () => now
    }
    const leave = createShelfLeave(options as unknown as ShelfLeaveOptions)
    leave.leave('key', entry)
    await leave.idle()
    expect([...holding]).to.deep.equal(['r', 's'])
    return {
      connected,
      broken,
      leave,
      /** Relays that still have it. */
      async takeAway(): Promise<string[]> {
        leave.takeAway('octo/tools')
        await leave.idle()
        return [...holding]
      },
      holding,
      /** Nothing that is held is for members any more. */
      hideAll() {
        held = []
      }
    }
  }

  it('is there no more', async () => {
    const { takeAway } = await setUp()
    expect(await takeAway()).to.deep.equal([])
  })

  it('nor at a relay to which a stream breaks: it is told again', async () => {
    for (const streams of [['s'], ['r', 's']]) {
      const { broken, takeAway } = await setUp()
      broken.push(...streams)
      expect(await takeAway(), streams.join()).to.deep.equal([])
    }
  })

  it('nor where a newer one was to take its place, which is not for members any more', async () => {
    const { leave, holding, hideAll } = await setUp()
    const newer = await entryOf('[2]', { asOf: now + 1 })
    leave.leave('another', newer) // what comes now has to wait
    leave.takeAway('octo/tools')
    leave.leave('key', newer)
    hideAll()
    await leave.idle()
    expect([...holding]).to.deep.equal([])
  })

  it('nor at one that is away, once it is back', async () => {
    const { connected, leave, takeAway, holding } = await setUp()
    connected.delete('s')
    expect(await takeAway()).to.deep.equal(['s'])
    connected.delete('r')
    connected.add('s')
    leave.start()
    await leave.idle()
    expect([...holding]).to.deep.equal([])
  })

  it('nor at one to which all streams break, once it is there anew', async () => {
    const { broken, leave, takeAway, holding } = await setUp()
    broken.push('s', 's', 's', 's')
    expect(await takeAway(), 'it was told four times').to.deep.equal(['s'])
    expect(broken).to.deep.equal([])
    leave.start()
    await leave.idle()
    expect([...holding]).to.deep.equal([])
  })
})
