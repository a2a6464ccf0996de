import { expect } from 'chai'
import * as fc from 'fast-check'
import { purgesToTell } from '../src/exchange/told-purges.ts'
import { createApi } from '../src/github/api.ts'
import { changedBy } from '../src/github/changed-by.ts'
import { decodeQuestion, encodeQuestion } from '../src/protocol/wire.ts'

/** What a question has room for: PROTOCOL.md, section 5. */
const maxQuestionBytes = 4096

describe('purges that are told', () => {
  const api = createApi(new URL('https://ghes.example.com/api/v3'))
  const targetsOf = (path: string) =>
    changedBy(path).map((target) => (target.startsWith('/') ? api.urlOf(target) : target))

  it('name just what a write changed, in one message for its repository and one for what is elsewhere', () => {
    const [repository, ...elsewhere] = purgesToTell(targetsOf('/repos/o/r/issues/1'), api)
    expect(repository?.target).to.equal('o/r')
    expect(repository?.only).to.include(`${api.base}/repos/o/r/issues/1`)
    expect(elsewhere.map(({ target }) => target)).to.deep.equal([`${api.base}/`])
    expect(elsewhere[0]?.only).to.include.members([`${api.base}/issues`, `${api.base}/orgs/o/repos`])
  })

  it('have room in a question, however long the names are; where they have none, all of the repository is named', () => {
    const name = (max: number) => fc.stringMatching(new RegExp(`^[a-z][a-z0-9-]{0,${max - 1}}$`))
    const paths = fc.tuple(name(39), name(100), fc.constantFrom('', '/1', '/1/comments', '/123456/labels'))
    fc.assert(
      fc.property(paths, ([owner, repo, below]) => {
        const targets = targetsOf(`/repos/${owner}/${repo}/issues${below}`)
        for (const what of purgesToTell(targets, api)) {
          const holds = new Uint8Array(16)
          const bytes = encodeQuestion({ version: 1, type: 'purge', holds, asOf: Date.now(), ...what })
          expect(bytes.byteLength).to.be.at.most(maxQuestionBytes)
          expect(decodeQuestion(bytes)).to.deep.include({ type: 'purge', ...what })
        }
      })
    )
    expect(purgesToTell(targetsOf(`/repos/${'o'.repeat(39)}/${'r'.repeat(100)}/issues/1`), api)[0]).to.deep.equal({
      target: `${'o'.repeat(39)}/${'r'.repeat(100)}`
    })
  })
})
