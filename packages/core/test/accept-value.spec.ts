import { expect } from 'chai'
import { sha256, utf8 } from '../src/bytes.ts'
import type { StoredValue } from '../src/cache/record.ts'
import { createAcceptValue } from '../src/exchange/accept-value.ts'
import { valueKeyOf } from '../src/github/key.ts'
import { openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'
import { defaultLimits } from '../src/limits.ts'

const now = 1_000_000_000_000

describe("members' values", () => {
  /** Which of two comes to be held, told in this order: each by its time and who set it. */
  async function heldOf(...told: [at: number, by: string][]): Promise<string | undefined> {
    const group = await openGroup(createSecret(), () => now, 1000)
    const wireKey = await group.wireKey(await valueKeyOf('greeting'))
    let held: StoredValue | undefined
    const accept = createAcceptValue({
      cache: { changeValue: async (_key, change) => (held = change(held)) },
      shareable: { add: async () => {} },
      reputation: { reject: (_from, reason) => expect.fail(reason) },
      limits: defaultLimits,
      emit() {},
      githubNow: () => now,
      unasked: { add() {} }
    })
    for (const [at, by] of told) {
      const body = utf8(JSON.stringify(`${by} at ${at}`))
      const head = { name: 'greeting', at: now + at, by, expiresAt: now + 1000, deleted: false, size: body.byteLength }
      await accept({ ...head, hash: await sha256(body) }, wireKey, group, 'peer', body)
    }
    return held && JSON.parse(new TextDecoder().decode(held.json))
  }

  it('replace each other by their time, not by who set them, in whatever order they come', async () => {
    for (const order of [
      [
        [-5, 'b'],
        [0, 'a']
      ],
      [
        [0, 'a'],
        [-5, 'b']
      ]
    ] as [number, string][][])
      expect(await heldOf(...order)).to.equal('a at 0')
  })

  it('of the same moment by the peer id, which is the same for all', async () => {
    expect(await heldOf([0, 'a'], [0, 'b'])).to.equal('b at 0')
    expect(await heldOf([0, 'b'], [0, 'a'])).to.equal('b at 0')
  })
})
