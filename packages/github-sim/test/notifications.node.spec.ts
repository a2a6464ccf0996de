import { expect } from 'chai'
import { alice, withGitHub } from './helpers.ts'

describe('notifications', () => {
  const sim = withGitHub()

  it('know times and who takes part, newest first', async () => {
    const threads = (search: string) => sim.json(`/notifications?${search}`, alice)
    const times = async (search: string) => (await threads(search)).map((t: { updated_at: string }) => t.updated_at)
    const all = await times('')
    expect(all).to.deep.equal(all.toSorted().reverse())
    expect(await times('since=2026-06-01T00:00:00Z')).to.deep.equal([])
    expect(await times('before=2000-01-01T00:00:00Z')).to.deep.equal([])
    sim.github.repository('octo-org/website').addIssue({ body: 'What does @alice think?', title: 'For alice' })
    const [thread] = await threads('since=2026-06-01T00:00:00Z')
    expect(thread).to.include({ reason: 'mention' }).and.deep.nested.include({ 'subject.title': 'For alice' })
    expect(await times('all=true')).to.have.length(all.length)
    const participating = await threads('participating=true')
    expect(participating.map(({ reason }: { reason: string }) => reason))
      .to.include('mention')
      .and.not.include('subscribed')
    const response = await sim.get('/notifications', alice)
    expect(response.headers.get('last-modified')).to.equal(new Date(thread.updated_at).toUTCString())
  })
})
