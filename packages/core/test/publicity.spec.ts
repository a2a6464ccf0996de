import { expect } from 'chai'
import { createAliases } from '../src/flow/aliases.ts'
import { createPublicity } from '../src/flow/publicity.ts'
import { createApi } from '../src/github/api.ts'
import { anonymous } from '../src/github/request.ts'
import { createVisibility } from '../src/github/visibility.ts'
import { anEntry } from './fixtures/entries.ts'

const day = 86_400_000
const recentMs = 30_000
const now = 10 * day

describe('who can read an own answer', () => {
  function setUp() {
    const visibility = createVisibility({
      githubNow: () => now,
      recentMs,
      visibilityMs: day,
      aliasMs: 600_000,
      isOpen: false,
      hidden() {}
    })
    const api = createApi(new URL('https://api.github.com'))
    const publicity = createPublicity({ api, visibility, limits: { visibilityMs: day } })
    return { visibility, publicity, aliases: createAliases({ api, visibility }) }
  }
  const asked = { viewer: 'alice', repository: 'o/r' }

  describe('before its repository is looked up', () => {
    it('is everybody, if it came without a token or lies in no repository', () => {
      const { publicity, visibility } = setUp()
      visibility.learn('o/r', false, now)
      for (const one of [
        { ...asked, viewer: anonymous },
        { ...asked, repository: undefined }
      ])
        expect(publicity.of(one, 7)).to.deep.equal({ public: true, publicAt: 7 })
    })

    it('is as the repository was lately shown to be, at the time when it was', () => {
      const { publicity, visibility } = setUp()
      visibility.learn('o/r', true, now - 5)
      expect(publicity.of(asked, now)).to.deep.equal({ public: true, publicAt: now - 5 })
      visibility.learn('o/r', false, now - 4)
      const held = anEntry({ public: true, publicAt: now - 6 })
      expect(publicity.of(asked, now, held)).to.deep.equal({ public: false, publicAt: now - 4 })
    })

    it('is nobody else, where nothing has shown it', () => {
      const { publicity, visibility } = setUp()
      expect(publicity.of(asked, now)).to.deep.equal({ public: false, publicAt: undefined })
      visibility.learn('o/r', true, now - recentMs)
      expect(publicity.of(asked, now)).to.deep.equal({ public: false, publicAt: undefined })
      const held = anEntry({ public: false, publicAt: 3 })
      expect(publicity.of(asked, now, held), 'it was private then').to.deep.equal({ public: false, publicAt: 3 })
    })

    it('is everybody for a day after an own body was shown to be public, and nothing has spoken against it', () => {
      const { publicity, visibility } = setUp()
      const of = (over: Parameters<typeof anEntry>[0]) => publicity.of(asked, now, anEntry({ public: true, ...over }))
      expect(of({ publicAt: now - day + 1 })).to.deep.equal({ public: true, publicAt: now - day + 1 })
      expect(of({ publicAt: now - day })).to.deep.equal({ public: false, publicAt: undefined })
      expect(of({ publicAt: undefined })).to.deep.equal({ public: false, publicAt: undefined })
      expect(of({ publicAt: now - 1, from: 'a member' })).to.deep.equal({ public: false, publicAt: undefined })
      visibility.suspect('o/r', now - 1)
      expect(of({ publicAt: now - 2 })).to.deep.equal({ public: false, publicAt: undefined })
    })
  })

  describe('is learnt', () => {
    it('from what was shown without a token, and so that this API shows it to everybody', () => {
      const { publicity, visibility } = setUp()
      publicity.learn({ ...asked, path: '/repos/o/r/issues' }, now, undefined)
      expect([visibility.publicAt('o/r'), visibility.isOpen]).to.deep.equal([undefined, false])
      publicity.learn({ viewer: anonymous, repository: undefined, path: '/users/o' }, now, undefined)
      expect(visibility.isOpen).to.equal(false)
      publicity.learn({ ...asked, viewer: anonymous, path: '/repos/o/r/issues' }, now, undefined)
      expect([visibility.publicAt('o/r'), visibility.isOpen]).to.deep.equal([now, true])
    })

    it('from what a repository says of itself, for each of its names', () => {
      const { publicity, visibility } = setUp()
      const shown = { id: '7', name: 'o/new', public: false }
      publicity.learn({ ...asked, path: '/repos/o/r/issues' }, now, shown)
      expect(visibility.shownAt('o/r'), 'an issue does not show it').to.equal(undefined)
      publicity.learn({ ...asked, path: '/repos/o/r' }, now, shown)
      for (const name of ['o/r', 'o/new', 'repositories/7']) {
        expect(visibility.shownAt(name), name).to.equal(now)
        expect(visibility.isHidden(name), name).to.equal(true)
      }
      expect(visibility.namedPath('/repositories/7')).to.equal('/repos/o/new')
    })
  })

  describe('the number of a repository, user or organisation is learnt', () => {
    const next = (path: string) => `<https://api.github.com${path}?page=2>; rel="next"`
    const learn = (path: string, link: string | null) => {
      const { publicity, visibility } = setUp()
      publicity.learnAlias(new URL(`https://api.github.com${path}`), link)
      return (numbered: string) => visibility.namedPath(numbered)
    }

    it('from the link to the next page of what was asked for', () => {
      expect(learn('/repos/O/R/issues', next('/repositories/7/issues'))('/repositories/7')).to.equal('/repos/o/r')
      expect(learn('/users/O/repos', next('/user/7/repos'))('/user/7')).to.equal('/users/o')
      expect(learn('/orgs/O/repos', next('/organizations/7/repos'))('/organizations/7')).to.equal('/orgs/o')
    })

    it('from no link that leads elsewhere', () => {
      expect(learn('/repos/o/r/issues', next('/repositories/7/pulls'))('/repositories/7')).to.equal(undefined)
      expect(learn('/users/o/repos', next('/repositories/7/repos'))('/repositories/7')).to.equal(undefined)
      expect(learn('/repos/o/r/issues', next('/repos/o/r/issues'))('/repos/o/r')).to.equal(undefined)
      expect(learn('/repos/o/r/issues', null)('/repositories/7')).to.equal(undefined)
      const foreign = '<https://example.org/repositories/7/issues?page=2>; rel="next"'
      expect(learn('/repos/o/r/issues', foreign)('/repositories/7')).to.equal(undefined)
    })

    it('from what was kept, as of then, and from nothing that a member has told', () => {
      const kept = {
        url: 'https://api.github.com/repos/o/r/issues',
        headers: { link: next('/repositories/7/issues') },
        confirmed: { alice: now - 600_000, bob: now - 599_999 }
      }
      const recalled = (over: Parameters<typeof anEntry>[0]) => {
        const { aliases, visibility } = setUp()
        aliases.recall(anEntry({ ...kept, ...over }))
        return visibility.namedPath('/repositories/7')
      }
      expect(recalled({})).to.equal('/repos/o/r')
      expect(recalled({ confirmed: { alice: now - 600_000 } }), 'too long ago').to.equal(undefined)
      expect(recalled({ from: 'a member' })).to.equal(undefined)
      expect(recalled({ headers: {} })).to.equal(undefined)
    })
  })
})
