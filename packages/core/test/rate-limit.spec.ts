import { expect } from 'chai'
import { limitedBy, limitedForMs } from '../src/github/limited.ts'
import { quotaOf } from '../src/github/rate-limit.ts'

const now = Date.UTC(2026, 3, 1)
const seconds = now / 1000
const quota = (parts: Record<string, string> = {}) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(seconds + 90),
  ...parts
})

describe('rate limit: quotaOf', () => {
  it('reads the figures, by resource', () => {
    expect(quotaOf(new Headers(quota({ 'x-ratelimit-resource': 'search' })))).to.deep.equal({
      resource: 'search',
      limit: 5000,
      remaining: 0,
      resetAt: now + 90_000
    })
    expect(quotaOf(new Headers(quota()))?.resource).to.equal('core')
  })

  it('is nothing where one of them is missing or no number', () => {
    expect(quotaOf(new Headers())).to.equal(undefined)
    for (const wrong of ['', 'x', '-1', '1.5', '1e3', '9'.repeat(13)])
      for (const name of Object.keys(quota()))
        expect(quotaOf(new Headers(quota({ [name]: wrong }))), `${name} ${wrong}`).to.equal(undefined)
  })
})

describe('rate limit: limitedForMs', () => {
  const limited = (status: number, headers: Record<string, string>, body = '') =>
    limitedForMs(status, new Headers(headers), body, now)

  for (const status of [403, 429]) {
    it(`${status}: waits as long as it says, in seconds or until a date`, () => {
      expect(limited(status, { 'retry-after': '7', ...quota() })).to.equal(7000)
      expect(limited(status, { 'retry-after': '0' })).to.equal(0)
      expect(limited(status, { 'retry-after': new Date(now + 5000).toUTCString() })).to.equal(5000)
      expect(limited(status, { 'retry-after': new Date(now - 5000).toUTCString() })).to.equal(0)
    })

    it(`${status}: waits for the reset where nothing remains`, () => {
      expect(limited(status, quota())).to.equal(90_000)
      expect(limited(status, quota({ 'x-ratelimit-reset': String(seconds - 1) }))).to.equal(0)
      for (const unreadable of ['', 'soon', '-1', 'Infinity'])
        expect(limited(status, { ...quota(), 'retry-after': unreadable })).to.equal(90_000)
    })

    it(`${status}: waits no longer than any limit of GitHub's lasts, whoever says so`, () => {
      const most = 3_660_000
      for (const retryAfter of ['3661', '999999999', new Date(now + 10 * 365 * 86_400_000).toUTCString()])
        expect(limited(status, { 'retry-after': retryAfter }), retryAfter).to.equal(most)
      expect(limited(status, quota({ 'x-ratelimit-reset': '9'.repeat(12) }))).to.equal(most)
      expect(limited(status, { 'retry-after': '3600' })).to.equal(3_600_000)
    })

    it(`${status}: waits a minute where no time is named`, () => {
      expect(
        limited(status, quota({ 'x-ratelimit-remaining': '9' }), 'You have exceeded a secondary rate limit.')
      ).to.equal(60_000)
    })
  }

  it('knows a plain refusal from a limit', () => {
    expect(limited(403, quota({ 'x-ratelimit-remaining': '9' }), 'Resource not accessible by integration')).to.equal(
      undefined
    )
    expect(limited(429, {})).to.equal(60_000)
  })

  it('is for 403 and 429 alone', () => {
    for (const status of [200, 304, 401, 404, 500, 503])
      expect(limited(status, { 'retry-after': '7', ...quota() }, 'rate limit')).to.equal(undefined)
  })
})

describe('rate limit: what GraphQL says with 200', () => {
  // Recorded by others: octokit/plugin-throttling.js#632, yanyongyu/githubkit#271.
  const primary = { type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }
  const newer = {
    type: 'RATE_LIMIT',
    code: 'graphql_rate_limit',
    message: 'API rate limit already exceeded for user ID 1.'
  }
  const said = (body: unknown, { path = '/graphql', headers = {} as Record<string, string> } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return limitedBy({ path }, new Response(null, { headers }), text, now)
  }
  const says = (body: unknown) => said(body) !== undefined

  it('is a refusal of either type, and a secondary limit by its words', () => {
    for (const error of [primary, newer]) expect(says({ errors: [error] })).to.equal(true)
    expect(says({ data: null, errors: [{ message: 'You have exceeded a secondary rate limit.' }] })).to.equal(true)
  })

  it('is not taken in by what members of a repository write, nor by other errors', () => {
    expect(says({ data: { repository: { issue: { title: JSON.stringify({ errors: [primary] }) } } } })).to.equal(false)
    const notFound = { type: 'NOT_FOUND', message: "Could not resolve to a Repository with the name 'x/rate limit'." }
    expect(says({ data: { repository: null }, errors: [notFound] })).to.equal(false)
    expect(says({ data: { a: 1 }, errors: [{ message: 'rate limit' }] })).to.equal(false)
  })

  it('takes nothing else for one', () => {
    for (const body of ['', 'rate limit', 'null', '[]', '"RATE_LIMIT"', '{"errors":"RATE_LIMIT"}'])
      expect(says(body)).to.equal(false)
    expect(says('{"errors":[null,{"type":"RATE_LIMIT"}]}')).to.equal(false)
  })

  it('stops GraphQL until the reset, a minute where something is left, and everything where it is a secondary limit', () => {
    const used = { ...quota(), 'x-ratelimit-resource': 'graphql' }
    expect(said({ errors: [primary] }, { headers: used })).to.deep.equal({ ms: 90_000, resource: 'graphql' })
    for (const headers of [{ ...used, 'x-ratelimit-remaining': '7' }, {}])
      expect(said({ errors: [newer] }, { headers })).to.deep.equal({ ms: 60_000, resource: 'graphql' })
    const secondary = { errors: [{ message: 'You have exceeded a secondary rate limit.' }] }
    expect(said(secondary)).to.deep.equal({ ms: 60_000, resource: undefined })
  })

  it('is no refusal in what REST gives, a file for one', () => {
    expect(said({ errors: [primary] }, { path: '/repos/octocat/hello-world/contents/error.json' })).to.equal(undefined)
  })
})
