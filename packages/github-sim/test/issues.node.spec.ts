import { expect } from 'chai'
import { alice, bob, hello, secret, withGitHub } from './helpers.ts'

describe('issues', () => {
  const sim = withGitHub()

  it('go on under /repositories/{id}', async () => {
    sim.github.repository('octocat/Hello-World').setIssues(1000)
    const numbers: number[] = []
    let next: string | undefined = `${sim.github.url}${hello}/issues?per_page=100`
    while (next) {
      const response: Response = await fetch(next, { headers: { authorization: alice } })
      numbers.push(...((await response.json()) as { number: number }[]).map((i) => i.number))
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
      if (next) expect(next).to.match(/\/repositories\/\d+\/issues\?per_page=100&after=[\w%-]+&page=\d+$/)
    }
    expect(numbers).to.deep.equal(Array.from({ length: 1000 }, (_, i) => 1000 - i))
    expect(sim.github.count(/\/issues/)).to.equal(10)
  })

  it('can be filtered', async () => {
    const all = await sim.json(`${hello}/issues?state=all&per_page=100`)
    expect(all).to.have.length(46)
    const closed = await sim.json(`${hello}/issues?state=closed&per_page=100`)
    expect(closed.every((i: { state: string }) => i.state === 'closed')).to.equal(true)
    const bugs = await sim.json(`${hello}/issues?labels=bug&state=all`)
    expect(bugs.every((i: { labels: { name: string }[] }) => i.labels.some((l) => l.name === 'bug'))).to.equal(true)
  })

  it('are made, edited and commented through the API', async () => {
    const response = await sim.send('POST', `${hello}/issues`, alice, { title: 'T', labels: ['bug', 'new-label'] })
    const made = (await response.json()) as { number: number; url: string; user: { login: string }; labels: object[] }
    expect(response.status).to.equal(201)
    expect(response.headers.get('location')).to.equal(made.url)
    expect([made.user.login, made.labels.length]).to.deep.equal(['alice', 2])
    const path = `${hello}/issues/${made.number}`
    await sim.send('PATCH', path, alice, { state: 'closed', title: 'U' })
    expect(await sim.json(path)).to.include({ state: 'closed', title: 'U', state_reason: 'completed' })

    const comment = (await (await sim.send('POST', `${path}/comments`, bob, { body: 'hi' })).json()) as { id: number }
    const commentPath = `${hello}/issues/comments/${comment.id}`
    expect((await sim.send('PATCH', commentPath, bob, { body: 'ho' })).status).to.equal(200)
    expect((await sim.json(`${path}/comments`))[0].body).to.equal('ho')
    expect((await sim.send('DELETE', commentPath, alice)).status).to.equal(204)
    expect((await sim.get(commentPath)).status).to.equal(404)

    await sim.send('POST', `${path}/labels`, alice, { labels: ['question'] })
    expect(await sim.json(`${path}/labels`)).to.have.length(3)
    await sim.send('DELETE', `${path}/labels/bug`, alice)
    const labels = async () => (await sim.json(path)).labels.map((l: { name: string }) => l.name)
    expect(await labels()).to.deep.equal(['question', 'new-label'])
    await sim.send('PUT', `${path}/labels`, alice, ['question'])
    expect(await labels()).to.deep.equal(['question'])
    const all = await sim.send('DELETE', `${path}/labels`, alice)
    expect([all.status, await all.text()]).to.deep.equal([204, ''])
    expect(await labels()).to.deep.equal([])
  })

  it('refuse what an issue cannot have, and change nothing', async () => {
    const refusal = async (method: string, path: string, body: unknown, as = alice) => {
      const response = await sim.send(method, path, as, body)
      const { errors } = (await response.json()) as { errors?: object[] }
      return [response.status, ...(errors ?? [])]
    }
    const repository = sim.github.repository('octocat/Hello-World')
    const number = repository.addIssue({ title: 'Stays', user: 'bob' })
    const path = `${hello}/issues/${number}`
    const invalid = (field: string, value: unknown) => [422, { value, resource: 'Issue', field, code: 'invalid' }]
    const missing = [422, { resource: 'Issue', code: 'missing_field', field: 'title' }]
    const state = { title: 'Changed', state: 'bogus' }
    expect(await refusal('PATCH', path, state)).to.deep.equal(invalid('state', 'bogus'))
    for (const [method, at] of [['PATCH', path] as const, ['POST', `${hello}/issues`] as const]) {
      expect(await refusal(method, at, { title: '' })).to.deep.equal(missing)
      const title = 'Changed'
      expect(await refusal(method, at, { title, milestone: 99 })).to.deep.equal(invalid('milestone', 99))
      const assignees = ['alice', 'nobody-here']
      expect(await refusal(method, at, { title, assignees })).to.deep.equal(invalid('assignees', ['nobody-here']))
    }
    expect(await sim.json(path)).to.include({ title: 'Stays', state: 'open' })
    expect(repository.issueNumbers.at(-1)).to.equal(number)
    // Who may not set a milestone is not told about it.
    expect(await refusal('PATCH', path, { title: 'By bob', milestone: 99 }, bob)).to.deep.equal([200])
    expect(await sim.json(path)).to.include({ title: 'By bob', milestone: null })
    await sim.send('PATCH', path, alice, { milestone: '1' })
    expect((await sim.json(path)).milestone.number).to.equal(1)
    await sim.send('PATCH', path, alice, { milestone: null })
    expect((await sim.json(path)).milestone).to.equal(null)
    const opened = await sim.send('POST', `${hello}/issues`, alice, { title: 7, state: 'closed' })
    expect(await opened.json()).to.include({ title: '7', state: 'open' })
  })

  it('need the right to be written', async () => {
    const status = async (method: string, path: string, as: string | undefined, body: unknown) =>
      (await sim.send(method, path, as, body)).status
    expect(await status('POST', `${hello}/issues`, undefined, { title: 'x' })).to.equal(401)
    expect(await status('POST', `${hello}/issues`, bob, {})).to.equal(422)
    expect(await status('POST', `${secret}/issues`, bob, { title: 'x' })).to.equal(404)
    const number = sim.github.repository('octocat/Hello-World').addIssue({ user: 'alice' })
    expect(await status('PATCH', `${hello}/issues/${number}`, bob, { title: 'x' })).to.equal(403)
    expect(await status('POST', `${hello}/issues/${number}/labels`, bob, ['bug'])).to.equal(403)
    const bad = await sim.get(`${hello}/issues`, alice, {}, { method: 'POST', body: '{' })
    expect(bad.status).to.equal(400)
  })

  it('change under test control', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    const number = repository.addIssue({ title: 'mine', labels: ['bug'] })
    const comment = repository.addComment(number, { body: 'first' })
    repository.editComment(comment, 'second')
    repository.editIssue(number, { title: 'yours' })
    const issue = await sim.json(`${hello}/issues/${number}`)
    expect(issue).to.include({ title: 'yours', comments: 1 })
    expect((await sim.json(`${hello}/issues/comments/${comment}`)).body).to.equal('second')
    repository.removeComment(comment)
    repository.removeIssue(number)
    expect((await sim.get(`${hello}/issues/${number}`)).status).to.equal(404)
    expect(() => repository.editIssue(number, {})).to.throw(`octocat/Hello-World has no issue ${number}`)
    expect(repository.addIssue()).to.equal(number + 1)
  })

  it('are found by search as far as the caller may see them', async () => {
    sim.github.repository('octocat/secret-plans').addIssue({ title: 'zebra' })
    expect((await sim.json('/search/issues?q=zebra', bob)).total_count).to.equal(0)
    const text = await (await sim.get('/search/issues?q=zebra+repo:octocat/secret-plans+is:issue', alice)).text()
    expect(text).to.include('"total_count":1').and.include('"score":1.0').and.include('"search_type":"lexical"')
    expect((await sim.get('/search/issues', alice)).status).to.equal(422)
  })
})
