import { expect } from 'chai'
import { deriveKeys } from '../../packages/core/src/group/keys.ts'
import { createProof } from '../../packages/core/src/group/proof.ts'
import { rootOf } from '../../packages/core/src/group/root.ts'
import { createSecret } from '../../packages/core/src/group/secret.ts'
import { defaultRelayLimits } from '../src/limits.ts'
import { createProofs } from '../src/proofs.ts'
import { createTally } from '../src/tally.ts'

const peerId = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const hourMs = 3_600_000

describe("a relay's proofs", () => {
  let now = Date.UTC(2026, 0, 1)

  /** Of one connected peer, whose proof has expired, and is not swept yet. */
  async function expired() {
    const { signingKey } = await deriveKeys(await rootOf(createSecret()))
    const proofs = createProofs(defaultRelayLimits, undefined, createTally(), () => now, {
      isConnected: () => true,
      hostOf: () => undefined,
      admits: () => true,
      first() {},
      last() {},
      proven() {},
      lapsed() {}
    })
    const newProof = () => createProof(signingKey, peerId, now + hourMs)
    expect(await proofs.show(await newProof(), peerId)).to.equal(true)
    now += 2 * hourMs
    return { proofs, newProof }
  }

  /** What a wait has come to by now. */
  const soFar = (waiting: Promise<boolean>) => Promise.race([waiting, 'it waits'])

  it('let a request go on that waits when an expired one is shown anew', async () => {
    const { proofs, newProof } = await expired()
    const waiting = proofs.wait(peerId, defaultRelayLimits.proofWaitMs)
    expect(await soFar(waiting)).to.equal('it waits')
    await proofs.show(await newProof(), peerId)
    expect(await soFar(waiting)).to.equal(true)
    expect(proofs.members).to.equal(1)
  })

  it('let a request go on that waits when an expired one is renewed by a message', async () => {
    const { proofs, newProof } = await expired()
    const waiting = proofs.wait(peerId, defaultRelayLimits.proofWaitMs)
    const checked = await proofs.check(await newProof(), peerId)
    if (!checked) throw new Error('the proof is not valid')
    proofs.renew(peerId, checked)
    expect(await soFar(waiting)).to.equal(true)
  })
})
