import { expect } from 'chai'
import { hello, withGitHub } from './helpers.ts'

describe('lists of commits', () => {
  const sim = withGitHub()
  const commits = (search: string) => sim.json(`${hello}/commits?per_page=100&${search}`)

  it('know times, people and paths', async () => {
    const all = await commits('')
    const { author, commit } = all[3]
    expect((await commits(`until=${commit.author.date}`)).length).to.equal(all.length - 3)
    expect((await commits(`since=${commit.author.date}`)).length).to.equal(4)
    const by = async (search: string) => (await commits(search)).length
    const own = all.filter((one: { author: { id: number } }) => one.author.id === author.id).length
    expect(await by(`author=${author.login}`)).to.equal(own)
    expect(await by(`author=${commit.author.email}`)).to.equal(own)
    expect(await by(`committer=${author.login.toUpperCase()}`)).to.equal(own)
    expect(await by('committer=nobody')).to.equal(0)
    expect(await by('path=nowhere')).to.equal(0)
    expect(await by('path=README.md')).to.equal(all.length)
  })

  it('of branches know which are protected', async () => {
    const names = async (search: string) =>
      (await sim.json(`${hello}/branches?${search}`)).map(({ name }: { name: string }) => name)
    expect(await names('protected=true')).to.deep.equal(['main'])
    expect(await names('protected=false')).to.deep.equal(['next'])
    expect(await names('')).to.deep.equal(['main', 'next'])
  })
})

describe('a comparison', () => {
  const sim = withGitHub({ repositories: [{ fullName: 'octocat/Hello-World', commits: 260 }] })

  it('comes in pages when asked to, with files on the first one', async () => {
    const { id } = sim.github.repository('octocat/Hello-World')
    const range = 'v1.0.0...main'
    const second = await sim.get(`${hello}/compare/${range}?per_page=100&page=2`)
    const to = (page: number, rel: string) =>
      `<${sim.github.url}/repositories/${id}/compare/${range}?per_page=100&page=${page}>; rel="${rel}"`
    expect(second.headers.get('link')).to.equal(
      [to(1, 'prev'), to(3, 'next'), to(3, 'last'), to(1, 'first')].join(', ')
    )
    const pages = []
    for (const page of [1, 2, 3]) pages.push(await sim.json(`${hello}/compare/${range}?per_page=100&page=${page}`))
    expect(pages.map(({ commits }) => commits.length)).to.deep.equal([100, 100, 59])
    expect(pages.map(({ files }) => files.length)).to.deep.equal([1, 0, 0])
    expect(pages.map(({ total_commits }) => total_commits)).to.deep.equal([259, 259, 259])
  })

  it('has no more than the newest 250 commits otherwise, and no links', async () => {
    const whole = await sim.get(`${hello}/compare/v1.0.0...main`)
    expect(whole.headers.get('link')).to.equal(null)
    const { commits, total_commits } = (await whole.json()) as { commits: { sha: string }[]; total_commits: number }
    expect([commits.length, total_commits]).to.deep.equal([250, 259])
    expect(commits.at(-1)?.sha).to.equal((await sim.json(`${hello}/commits/main`)).sha)
  })
})
