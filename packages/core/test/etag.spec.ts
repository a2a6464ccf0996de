import { expect } from 'chai'
import { type Bytes, utf8 } from '../src/bytes.ts'
import { computeEtag, createEtagScheme, type EtagInputs, type EtagScheme, opaqueTag } from '../src/github/etag.ts'
import { createEtagLabels } from '../src/github/etag-labels.ts'

const authorization = 'Bearer hunter1'
const accept = 'application/json'
const hello = utf8('hello world')
const helloTag = '8ba5e4f8adb9da0d9a3e374907a8afac1286f2a9eed662541449873c0bdfa27b'
const inputs = { accept, authorization }

describe('etag: computeEtag', () => {
  it("is GitHub's: Accept and Authorization, then the body", async () => {
    expect(await computeEtag(hello, inputs)).to.equal(helloTag)
    // The vectors without Accept, made of the same parts: `a:b` is a header value and a body alike.
    expect(await computeEtag(hello, { accept: authorization })).to.equal(
      'ffe6e54ebaaaff92f2feaa4bf3a5fda8ff1d49a6a4f492101039cd7c091b7523'
    )
  })

  it('counts the whole Authorization value, and none is not an empty one', async () => {
    const tags = [{ accept }, { accept, authorization: '' }, inputs, { accept, authorization: 'token hunter1' }].map(
      (of) => computeEtag(hello, of)
    )
    expect(new Set(await Promise.all(tags)).size).to.equal(4)
  })
})

describe('etag: opaqueTag', () => {
  it('goes without weakness mark and quotes', () => {
    for (const tag of [`"${helloTag}"`, `W/"${helloTag}"`, helloTag]) expect(opaqueTag(tag)).to.equal(helloTag)
    for (const none of [null, '', '""', 'W/""']) expect(opaqueTag(none)).to.equal('')
  })
})

describe('etag: the scheme', () => {
  const computes = async (scheme: EtagScheme) => (await scheme.compute(hello, inputs, 'me')) !== undefined

  function setUp() {
    const state = { now: 1_000_000, drifts: 0 }
    const githubNow = () => state.now
    const scheme = createEtagScheme(githubNow)
    const labels = createEtagLabels(scheme, githubNow, () => state.drifts++)
    const classify = (etag: string | null, forms: Bytes[] = [hello], of: EtagInputs = inputs, viewer = 'me') =>
      labels.classify(etag, forms, of, viewer)
    const drift = async () => {
      for (let i = 0; i < 5; i++) await classify(`"${'0'.repeat(64)}"`)
    }
    return { state, scheme, classify, drift }
  }

  it('labels how far an ETag reaches', async () => {
    const { classify } = setUp()
    const label = async (etag: string | null) => (await classify(etag)).validator
    expect(await label(`W/"${helloTag}"`)).to.equal('portable')
    expect(await label(`"${helloTag}"`)).to.equal('portable')
    expect(await label(`"${'a'.repeat(40)}"`)).to.equal('object')
    expect(await label(`W/"${'0'.repeat(64)}"`)).to.equal('verbatim')
    expect(await label('"anything"')).to.equal('verbatim')
    for (const none of [null, '', '""']) expect(await label(none)).to.equal('none')
  })

  it('picks the form of the body that was hashed, the last where none was', async () => {
    const { classify } = setUp()
    const [pretty, short] = [utf8('hello  world'), utf8('hello')]
    expect((await classify(`"${helloTag}"`, [pretty, hello])).body).to.equal(hello)
    expect((await classify(`"${helloTag}"`, [hello, short])).body).to.equal(hello)
    expect((await classify('"x"', [pretty, short])).body).to.equal(short)
  })

  it('learns by viewer whether Authorization is hashed, and computes what the viewer would get', async () => {
    const { classify, scheme } = setUp()
    expect(await scheme.compute(hello, inputs, 'me')).to.equal(`"${helloTag}"`)
    const without = `"${await computeEtag(hello, { accept })}"`
    expect((await classify(without, [hello], inputs, 'app')).validator).to.equal('portable')
    expect(await scheme.compute(hello, inputs, 'app')).to.equal(without)
    expect(await scheme.compute(hello, inputs, 'me')).to.equal(`"${helloTag}"`)
    expect(await scheme.compute(hello, { accept }, 'anonymous')).to.equal(without)
    expect(await scheme.compute(hello, { accept, authorization: 'Basic eDp5' }, 'oauth app')).to.equal(without)
  })

  it('stops computing for ten minutes after five mismatches in a row, and says so once', async () => {
    const { state, classify, scheme, drift } = setUp()
    for (let i = 0; i < 4; i++) await classify(`"${'0'.repeat(64)}"`)
    expect(await computes(scheme)).to.equal(true)
    await drift()
    expect([await computes(scheme), state.drifts]).to.deep.equal([false, 1])
    state.now += 600_000
    expect(await scheme.compute(hello, inputs, 'me')).to.equal(`"${helloTag}"`)
  })

  it('is not taken to have changed by answers without a token', async () => {
    const without = { accept }
    const { scheme, classify } = setUp()
    const tag = await computeEtag(hello, without)
    for (let n = 0; n < 5; n++)
      expect((await classify(`"${tag}"`, [hello], without, 'anonymous')).validator).to.equal('portable')
    expect(await computes(scheme)).to.equal(true)
  })

  it('counts matches between mismatches, and goes on at once when one matches again', async () => {
    const { classify, scheme, drift } = setUp()
    for (let i = 0; i < 9; i++) await classify(i % 4 ? `"${'0'.repeat(64)}"` : `"${helloTag}"`)
    expect(await computes(scheme)).to.equal(true)
    await drift()
    expect((await classify(`"${helloTag}"`)).validator).to.equal('portable')
    expect(await computes(scheme)).to.equal(true)
  })

  it('takes object ids and foreign tags for no mismatch', async () => {
    const { classify, scheme } = setUp()
    for (let i = 0; i < 20; i++) await classify(i % 2 ? '"x"' : `"${'a'.repeat(40)}"`)
    expect(await computes(scheme)).to.equal(true)
  })
})
