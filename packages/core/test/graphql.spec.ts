import { expect } from 'chai'
import fc from 'fast-check'
import { base64url } from '../src/bytes.ts'
import { normaliseQuery } from '../src/github/graphql-document.ts'
import { changesElsewhere, hasOldId, maxNamed, repositoriesIn } from '../src/github/graphql-mutation.ts'
import { graphqlQuestion, isWholeAnswer } from '../src/github/graphql-question.ts'
import { isWrite } from '../src/github/writes.ts'

const largest = 256 * 1024

describe('GraphQL documents', () => {
  const ignored = fc
    .array(fc.constantFrom(' ', '\n', '\r\n', '\t', ',', '\uFEFF', '# } mutation { a }\n', '# by hand\r'))
    .map((all) => all.join(''))
  const tokens = fc
    .constantFrom(
      'query Q ( $a : [ I ! ] = 1 ) { b : c ( d : $a ) }',
      '{ a ( b : "x#,y" ) { ... F } } fragment F on T { b }',
      'query @x ( y : """a\n\n#b""" ) { ... on T { a } }'
    )
    .map((text) => text.split(' '))

  it('are the same whatever stands between their tokens', () => {
    const property = fc.property(tokens, fc.infiniteStream(ignored), (all, between) => {
      const spaced = all.map((token) => `${[...between.take(1)][0]} ${token}`).join('')
      expect(normaliseQuery(spaced))
        .to.be.a('string')
        .and.equal(normaliseQuery(all.join(' ')))
    })
    fc.assert(property)
  })

  it('are normalised once and for all, or not at all, whatever they are', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      'a',
      ' ',
      'query',
      'mutation',
      '"',
      '"""',
      '#',
      '\n',
      '(b: 1)',
      '...',
      '@c',
      '\\',
      '\uD800'
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join(''))
        ),
        (text) => {
          const normal = normaliseQuery(text)
          if (normal !== undefined) expect(normaliseQuery(normal)).to.equal(normal)
        }
      )
    )
  })

  it('keep strings apart that stand beside each other', () => {
    const [three, one] = ['{a(b:["","c",""])}', '{a(b:["""c"""])}'].map(normaliseQuery)
    expect(three).to.equal('{a(b:["" "c" ""])}')
    expect(one).to.not.equal(three)
  })

  it('are passed on when they are larger or deeper than queries are', () => {
    const fill = (piece: string) => piece.repeat((largest - 20) / piece.length)
    for (const text of [fill('{a'), `{a(b:${fill('[')}`, `{${fill('a ')}}`, fill('{a}'), fill('"')])
      expect(normaliseQuery(text), text.slice(0, 10)).to.equal(undefined)
    expect(normaliseQuery(`{${'a '.repeat(5000)}}`)).to.be.a('string')
    expect(normaliseQuery(`{a${fill(',')}}`)).to.equal('{a}')
    expect(normaliseQuery(`{a}${fill('#\n')}`)).to.equal('{a}')
  })

  it('are normalised only when they are made of queries', () => {
    const same = ['{a(b:"x # y"){c d}}', '{ a ( b : "x # y", ) { c, d } } # end']
    expect(new Set(same.map(normaliseQuery)).size).to.equal(1)
    expect(normaliseQuery('{ a(b: "x  y") }')).to.not.equal(normaliseQuery('{ a(b: "x y") }'))
    expect(normaliseQuery('{ a b }')).to.not.equal(normaliseQuery('{ ab }'))
    expect(normaliseQuery('{ a(b: [1 -1]) }')).to.not.equal(normaliseQuery('{ a(b: [1-1]) }'))
    const strange =
      'query mutation($a: [I!] = {b: 1}) @x(y: {z: 1}) { a } fragment F on T { b(c: """\\"""} mutation {""") }'
    expect(normaliseQuery(strange)).to.be.a('string')
    const others = [
      'mutation { a }',
      'query { a } mutation { b }',
      '{ a },\uFEFF mutation { b }',
      '{ a } subscription { b }',
      'fragment F on T { a }',
      '',
      'query',
      'query Q',
      '{ a',
      '{ a }}',
      '{ a ( }) ',
      '"mutation" { a }',
      '{ a } type T { b: I }',
      '{ a(b: "unended) }',
      '{ a(b: """unended) }',
      '{ a ~ }',
      '{ a\u00a0b }'
    ]
    for (const text of others) expect(normaliseQuery(text), text).to.equal(undefined)
  })

  it('that change something are seen whatever stands between their tokens', () => {
    fc.assert(
      fc.property(
        ignored,
        ignored,
        fc.constantFrom('', '{ a }', 'query Q { a(b: "mutation") }'),
        (before, after, first) => {
          const query = `${first}${before}mutation${after} { b }`
          const written = first === '' || before !== '' ? query : `${first} mutation { b }`
          expect(isWrite('POST', '/graphql', JSON.stringify({ query: written }))).to.equal(true)
          expect(normaliseQuery(written)).to.equal(undefined)
        }
      )
    )
    expect(isWrite('POST', '/graphql', JSON.stringify({ query: '{ a(b: "} mutation {") } # } mutation' }))).to.equal(
      false
    )
  })
})

describe('questions to GraphQL', () => {
  const ask = (body: object, headers = {}) => graphqlQuestion(JSON.stringify(body), new Headers(headers))
  const query = '{ a }'

  it('are named by all that may change their answer', async () => {
    expect(await ask({ query, variables: { a: 1, b: [{ c: 2, d: 3 }] } })).to.equal(
      await ask({ query, variables: { b: [{ d: 3, c: 2 }], a: 1 } })
    )
    expect(await ask({ query }, { authorization: 'token a' })).to.equal(await ask({ query }))
    const different = await Promise.all([
      ask({ query }),
      ask({ query, operationName: 'A' }),
      ask({ query, variables: { a: 1 } }),
      ask({ query, variables: { a: [1] } }),
      ask({ query, variables: { a: '1' } }),
      ask({ query, variables: [['a', 1]] }),
      ask({ query, extensions: {} }),
      ask({ query, extensions: { clientLibrary: { name: 'a' } } }),
      ask({ query, variables: { clientLibrary: { name: 'a' } } }),
      ask({ query }, { 'graphql-features': 'x' }),
      ask({ query }, { 'x-github-next-global-id': '1' })
    ])
    expect(new Set(different).size).to.equal(different.length)
    expect(different).to.not.include(undefined)
    expect(await ask({ query, extensions: { a: 1, b: 2 } })).to.equal(await ask({ extensions: { b: 2, a: 1 }, query }))
    for (const body of [{ query, id: 'persisted' }, { query, variables: { a: 2 ** 60 } }, [{ query }], { query: 1 }])
      expect(await ask(body)).to.equal(undefined)
  })

  it('with variables deeper than queries have are passed on', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const name of ['variables', 'extensions'])
      expect(await graphqlQuestion(`{"query":"{ a }","${name}":${deep}}`, new Headers())).to.equal(undefined)
    expect(await graphqlQuestion(`{"query":"{ a }${' '.repeat(largest)}"}`, new Headers())).to.equal(undefined)
  })

  it('have an answer that is kept only when it is whole', () => {
    expect(isWholeAnswer('{"data":{"a":null}}')).to.equal(true)
    for (const body of [
      '{"data":{"a":1},"errors":[]}',
      '{"errors":[{"type":"RATE_LIMITED"}]}',
      '{"data":null}',
      '<html>',
      '',
      '[]'
    ])
      expect(isWholeAnswer(body), body).to.equal(false)
  })

  it('have an answer that is not kept while GitHub finds out whether a pull request can be merged', () => {
    const isKept = (pull: object) => isWholeAnswer(JSON.stringify({ data: { repository: { pulls: [{}, pull] } } }))
    for (const field of ['mergeable', 'mergeStateStatus']) {
      for (const state of [{}, { state: 'OPEN' }])
        expect(isKept({ [field]: 'UNKNOWN', ...state }), field).to.equal(false)
      for (const state of ['CLOSED', 'MERGED']) expect(isKept({ [field]: 'UNKNOWN', state }), field).to.equal(true)
      expect(isKept({ [field]: 'CLEAN' }), field).to.equal(true)
    }
    expect(isKept({ title: 'UNKNOWN' })).to.equal(true)
    expect(isWholeAnswer(`{"data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`)).to.equal(false)
  })
})

describe('what a mutation changes', () => {
  /** As GitHub makes them: `[0, repository, node]` in MessagePack. */
  const idOf = (prefix: string, repository: number) => {
    const bytes = new Uint8Array(12)
    const view = new DataView(bytes.buffer)
    bytes.set([0x93, 0, 0xce], 0)
    view.setUint32(3, repository)
    view.setUint8(7, 0xce)
    view.setUint32(8, 123_456_789)
    return `${prefix}_${base64url(bytes)}`
  }

  const named = (request: string, answer: string, webHost = 'github.com') => repositoriesIn(request, answer, webHost)

  it('is the repositories that its variables, the ids in them, and its answer name', () => {
    const answer = { data: { a: { issue: { url: 'https://github.com/Octo/Tools/issues/1#x', number: 1 } } } }
    expect(named('{}', JSON.stringify(answer))).to.deep.equal(['octo/tools'])
    expect(named('{"branch":{"repositoryNameWithOwner": "Octo/Other"}}', '{}')).to.deep.equal(['octo/other'])
    const pull = JSON.stringify({ variables: { input: { pullRequestId: idOf('PR', 1_296_269) } } })
    expect(named(pull, '{}')).to.deep.equal(['repositories/1296269'])
    expect(named('{"query":"mutation { a }","id":"MDU6SXNzdWUx"}', '{"data":{"a":{"id":"x_y"}}}')).to.deep.equal([])
  })

  it("is no repository where a page's path begins like one, nor on pages of others", () => {
    const urls = ['orgs/octo/projects/5', 'users/octo', 'enterprises/acme/x', 'sponsors/octo', 'apps/robot']
    for (const path of urls) {
      expect(named('{}', `{"url":"https://github.com/${path}"}`), path).to.deep.equal([])
      expect(named('{}', `{"resourcePath":"/${path}/"}`), path).to.deep.equal([])
    }
    expect(named('{}', '{"url":"https://ci.example/jobs/1"}')).to.deep.equal([])
    expect(named('{}', '{"homepageUrl":"https://octo.github.io/docs/start/"}')).to.deep.equal([])
    expect(named('{}', '{"url":"https://ghes.example/o/r/pull/1"}', 'ghes.example')).to.deep.equal(['o/r'])
  })

  it('may be more, where an id of the old form says nothing of its repository', () => {
    for (const id of ['MDU6SXNzdWUx', 'MDEwOlJlcG9zaXRvcnkxMjk2MjY5', 'MDExOlB1bGxSZXF1ZXN0MQ=='])
      expect(hasOldId(`{"variables":{"id":"${id}"}}`), id).to.equal(true)
    expect(hasOldId(`{"variables":{"id":"${idOf('I', 7)}","body":"MD"}}`)).to.equal(false)
  })

  it('is no repository whose number is that of an account', () => {
    for (const kind of ['U', 'O', 'E', 'T', 'PVT'])
      expect(named(`{"a":"${idOf(kind, 583_231)}"}`, '{}'), kind).to.be.empty
  })

  it('is seen outside of repositories, where it is about what is there, whatever a text says', () => {
    const seen = (query: string) => changesElsewhere(JSON.stringify({ query, variables: { body: 'Star the Project' } }))
    for (const name of ['addStar', 'followUser', 'addProjectV2ItemById', 'updateTeamsRepository', 'createRepository'])
      expect(seen(`mutation { ${name}(input: {}) { clientMutationId } }`), name).to.equal(true)
    for (const name of ['addComment', 'closeIssue', 'createPullRequest', 'mergePullRequest', 'addLabelsToLabelable'])
      expect(seen(`mutation { ${name}(input: {}) { clientMutationId } }`), name).to.equal(false)
    expect(changesElsewhere('no JSON')).to.equal(true)
  })

  it('is found within a bound, whatever is said', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (request, ids) => {
        const answer = JSON.stringify({ ids, more: ids.map((id) => `I_${id}`) })
        for (const name of named(request, answer)) expect(name).to.match(/^[\w.-]+\/[\w.-]+$/)
      })
    )
    const many = Array.from({ length: 1000 }, (_, i) => ({ url: `https://github.com/o/r${i}` }))
    expect(named('{}', JSON.stringify(many)).length).to.equal(maxNamed)
  })
})
