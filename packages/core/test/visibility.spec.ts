import { expect } from 'chai'
import { createVisibility, isOpen } from '../src/github/visibility.ts'

const day = 86_400_000
const recentMs = 30_000

describe('visibility', () => {
  function setUp() {
    let [now, asked, answer] = [0, 0, true as boolean | undefined]
    const hidden: (readonly string[])[] = []
    const visibility = createVisibility({
      githubNow: () => now,
      recentMs,
      visibilityMs: day,
      aliasMs: 600_000,
      isOpen: true,
      hidden: (names) => hidden.push(names)
    })
    const lookUp = async () => {
      asked++
      if (answer === undefined) throw new Error('down')
      visibility.learn('o/r', answer, now)
    }
    const isPublic = () => visibility.isPublic('o/r', lookUp).catch((error: Error) => error.message)
    return {
      visibility,
      isPublic,
      hidden,
      asked: () => asked,
      wait: (ms: number) => (now += ms),
      say: (next: boolean | undefined) => (answer = next)
    }
  }

  it('is looked up once for all who wait, and again where that was not lately', async () => {
    const { isPublic, asked, wait } = setUp()
    expect(await Promise.all([isPublic(), isPublic(), isPublic()])).to.deep.equal([true, true, true])
    wait(recentMs - 1)
    expect(await isPublic()).to.equal(true)
    expect(asked()).to.equal(1)
    wait(1)
    expect(await isPublic()).to.equal(true)
    expect(asked()).to.equal(2)
  })

  it('once a day for what is not public', async () => {
    const { isPublic, asked, wait, say } = setUp()
    say(false)
    expect(await isPublic()).to.equal(false)
    wait(day - 1)
    expect(await isPublic()).to.equal(false)
    expect(asked()).to.equal(1)
    wait(1)
    say(true)
    expect(await isPublic()).to.equal(true)
  })

  it('is learnt from own answers, the newest of which holds, whenever it comes', async () => {
    const { visibility, isPublic, asked, wait } = setUp()
    wait(10)
    visibility.learn('o/r', true, 5)
    visibility.learn('o/r', false, 8)
    visibility.learn('o/r', true, 7)
    expect(await isPublic()).to.equal(false)
    expect([visibility.isHidden('o/r'), visibility.publicAt('o/r')]).to.deep.equal([true, undefined])
    visibility.learn('o/r', true, 9)
    expect([visibility.isHidden('o/r'), visibility.publicAt('o/r')]).to.deep.equal([false, 9])
    expect([visibility.isHidden('o/other'), visibility.publicAt('o/other')]).to.deep.equal([false, undefined])
    expect(asked()).to.equal(0)
  })

  it('says once when it turns out not to be public, under both names, and keeps to it', () => {
    const { visibility, hidden, wait } = setUp()
    visibility.learnAlias('/repositories/7', '/repos/o/r')
    visibility.learn('o/r', true, 1)
    visibility.learn('repositories/7', false, 2)
    visibility.learn('o/r', false, 3)
    expect(hidden).to.deep.equal([['repositories/7', 'o/r']])
    wait(10 * day)
    for (const name of ['o/r', 'repositories/7']) expect(visibility.isHidden(name), name).to.equal(true)
    visibility.learn('o/r', true, 4)
    expect(visibility.isHidden('repositories/7')).to.equal(false)
  })

  it('stays unknown where GitHub cannot say, and is not asked again for each of many answers', async () => {
    const { isPublic, asked, wait, say } = setUp()
    say(undefined)
    for (let n = 0; n < 100; n++) expect(await isPublic()).to.equal('the visibility of a repository is unknown')
    expect(asked()).to.equal(1)
    say(true)
    wait(recentMs)
    expect(await isPublic()).to.equal(true)
  })

  it('is looked up at once where something makes it doubtful, and what was known holds until then', async () => {
    const { visibility, isPublic, asked, say } = setUp()
    await isPublic()
    say(undefined)
    visibility.doubt('o/r')
    expect([await isPublic(), visibility.isHidden('o/r')]).to.deep.equal([
      'the visibility of a repository is unknown',
      false
    ])
    say(false)
    visibility.doubt('o/r')
    expect([await isPublic(), visibility.isHidden('o/r'), asked()]).to.deep.equal([false, true, 3])
  })

  it('where it was refused to somebody it is hidden, until it is looked up for another', async () => {
    const { visibility, isPublic, hidden } = setUp()
    visibility.refused('o/r', 0)
    expect([visibility.isHidden('o/r'), hidden.length]).to.deep.equal([true, 1])
    expect([await isPublic(), visibility.isHidden('o/r')]).to.deep.equal([true, false])
  })

  it('what is suspected is not taken for public on the word of what was asked before', async () => {
    const { visibility, wait } = setUp()
    wait(10)
    visibility.learn('o/r', true, 5)
    visibility.suspect('o/r', 9)
    expect(visibility.publicAt('o/r')).to.equal(undefined)
    const ends: (() => void)[] = []
    const lookUp = () => new Promise<void>((resolve) => ends.push(resolve))
    const before = visibility.isPublic('o/r', lookUp).catch(() => undefined)
    visibility.suspect('o/r', 10)
    const after = visibility.isPublic('o/r', lookUp)
    expect(ends).to.have.length(2)
    visibility.learn('o/r', true, 10)
    for (const end of ends) end()
    await before
    expect([await after, visibility.isHidden('o/r')]).to.deep.equal([true, false])
  })

  it('a suspicion of an older question takes nothing back', () => {
    const { visibility, wait } = setUp()
    wait(30)
    visibility.suspect('o/r', 20)
    visibility.suspect('o/r', 10)
    visibility.learn('o/r', true, 15)
    expect(visibility.isHidden('o/r')).to.equal(true)
  })

  it('believes an alias for ten minutes: a name can change hands', () => {
    const { visibility, wait } = setUp()
    visibility.learnAlias('/repositories/7', '/repos/o/r')
    wait(599_999)
    expect(visibility.namedPath('/repositories/7')).to.equal('/repos/o/r')
    wait(1)
    expect(visibility.namedPath('/repositories/7')).to.equal(undefined)
  })
})

describe('visibility: isOpen', () => {
  it('is github.com, or what stands in for it on this machine, and nothing else', () => {
    for (const url of ['https://api.github.com', 'http://127.0.0.1:4000', 'http://localhost:4000/', 'http://[::1]:1'])
      expect(isOpen(new URL(url)), url).to.equal(true)
    for (const url of [
      'https://ghe.example.com/api/v3',
      'https://api.octo.ghe.com',
      'http://127.0.0.1:4000/api/v3',
      'https://api.github.com.example',
      'http://127.0.0.1.example'
    ])
      expect(isOpen(new URL(url)), url).to.equal(false)
  })
})
