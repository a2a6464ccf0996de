import { expect } from 'chai'
import { hex } from '../src/bytes.ts'
import { openGroup } from '../src/group/group.ts'
import { rootOf } from '../src/group/root.ts'
import { createSecret, isStrongSecret, looksGuessable, secretStrength } from '../src/group/secret.ts'

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('took it'),
    (error) => error
  )

describe('secret', () => {
  // README: "A guessable passphrase"
  it('is ghm1_ and 32 random bytes, another one each time', async () => {
    const [one, two] = [createSecret(), createSecret()]
    expect(one).to.match(/^ghm1_[\w-]{43}$/)
    expect(one).to.not.equal(two)
    expect((await rootOf(one)).byteLength).to.equal(32)
    expect(hex(await rootOf(` ${one}\n`))).to.equal(hex(await rootOf(one)))
  })

  it('that was cut or mistyped is refused, without being shown', async () => {
    const good = `ghm1_${'sEcReT-x_'.repeat(5).slice(0, 43)}`
    for (const wrong of [good.slice(0, -1), `${good}A`, `${good.slice(0, -1)}!`, 'ghm1_', good.replace('-', '=')]) {
      const error = await caught(rootOf(wrong))
      expect(error).to.include({ name: 'MeshError', code: 'ERR_INVALID_OPTION' })
      expect(error.message)
        .to.match(/48 characters/)
        .and.not.include('sEcReT')
    }
    for (const empty of ['', '  \n']) expect((await caught(rootOf(empty))).message).to.match(/empty/)
  })

  it('may be a passphrase, the same in every spelling of Unicode', async () => {
    const [composed, decomposed] = await Promise.all([
      rootOf('caf\u00e9 au lait \ufb01n'),
      rootOf(' cafe\u0301 au lait fin\t')
    ])
    expect(hex(composed)).to.equal(hex(decomposed))
  })

  it('is guessable when it is short or of one kind', () => {
    for (const weak of [
      '',
      'hunter2',
      'password password',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'onlylowercaseletters',
      'replace-with-a-random-shared-secret',
      'CHANGE ME to a long Secret of 2026',
      'ghm1_short'
    ])
      expect(looksGuessable(weak), weak).to.equal(true)
    for (const strong of [
      createSecret(),
      'correct horse battery staple',
      'your team likes 7 green ducks',
      'xK9$mQ2!vL7#nR4@pT6%'
    ])
      expect(looksGuessable(strong), strong).to.equal(false)
    expect(isStrongSecret(`${createSecret()}x`)).to.equal(false)
  })

  // README: "A guessable passphrase"
  it('that can be guessed opens what was recorded, to whoever tries it', async () => {
    const guesses = ['password password', 'hunter2', 'correct horse battery staple']
    const opens = async (secret: string): Promise<string[]> => {
      const open = (one: string) => openGroup(one, () => 0, 1000)
      const recorded = await (await open(secret)).sealGossip(new TextEncoder().encode('said'), 'a peer')
      const tried = guesses.map(async (guess) => (await (await open(guess)).openGossip(recorded, 'a peer')) && guess)
      return (await Promise.all(tried)).filter((guess) => guess !== undefined)
    }
    expect(await opens('hunter2')).to.deep.equal(['hunter2'])
    // Of these there are 2^256, see above.
    expect(await opens(createSecret())).to.deep.equal([])
  })

  it('has a strength', () => {
    const strengths = [createSecret(), 'correct horse battery staple', 'hunter2', ` ${createSecret()}x `].map(
      secretStrength
    )
    expect(strengths).to.deep.equal(['generated', 'passphrase', 'guessable', 'malformed'])
    const whole = createSecret()
    for (const mistyped of [`"${whole}"`, `'${whole}'`, `“${whole}”`, whole.toUpperCase(), `"${whole}`, `${whole}"`])
      expect(secretStrength(mistyped), mistyped).to.equal('malformed')
    for (const own of ['"correct horse battery staple"', whole.slice(5), `my ${whole}`])
      expect(secretStrength(own), own).to.equal('passphrase')
  })
})

describe('group', () => {
  const open = (secret: string, now = () => 0) => openGroup(secret, now, 1000)

  it('is one for all who hold the secret, and another for another', async () => {
    const secret = createSecret()
    const [a, b, other] = await Promise.all([open(secret), open(secret), open(createSecret())])
    expect([b.id, b.topic]).to.deep.equal([a.id, `ghmesh/1/${a.id}`])
    expect(other.id).to.not.equal(a.id)
    const key = 'ab'.repeat(32)
    expect(hex(await b.wireKey(key))).to.equal(hex(await a.wireKey(key)))
    expect(hex(await other.wireKey(key))).to.not.equal(hex(await a.wireKey(key)))
    expect(hex(await a.wireKey(key))).to.not.include(key.slice(0, 8))
  })

  it('renews its proof after half of its lifetime, and makes one for each name', async () => {
    let now = 0
    const group = await open(createSecret(), () => now)
    const first = hex(await group.proofFor('me'))
    now = 499
    expect(hex(await group.proofFor('me'))).to.equal(first)
    now = 500
    expect(hex(await group.proofFor('me'))).to.not.equal(first)
    expect(hex(await group.proofFor('you'))).to.not.equal(hex(await group.proofFor('me')))
  })
})
