import { expect } from 'chai'
import fc from 'fast-check'
import { normaliseQuery } from '../src/proxy/graphql-document.ts'
import { createQuestions } from '../src/proxy/graphql-question.ts'

const largest = 256 * 1024

describe('GraphQL documents', () => {
  const ignored = fc
    .array(fc.constantFrom(' ', '\n', '\r\n', '\t', ',', '\uFEFF', '# } mutation { a }\n'))
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

  it('are passed on when they are larger or deeper than queries are', () => {
    const fill = (piece: string) => piece.repeat((largest - 20) / piece.length)
    for (const text of [
      fill('{a'),
      `{a(b:${fill('[')}`,
      `{${fill('a ')}}`,
      `{a}${fill('#\n')}`,
      fill('{a}'),
      fill('"')
    ])
      expect(normaliseQuery(text), text.slice(0, 10)).to.equal(undefined)
    expect(normaliseQuery(`{${'a '.repeat(5000)}}`)).to.be.a('string')
    expect(normaliseQuery(`{a${fill(',')}}`)).to.equal('{a}')
  })

  it('with variables deeper than queries have are passed on', () => {
    const questionOf = createQuestions()
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const body = `{"query":"{ a }","variables":${deep}}`
    expect(questionOf(new URL('https://api.github.com/graphql'), new Headers(), body)).to.equal(undefined)
  })
})
