import { expect } from 'chai'
import { createLowQuota } from '../src/proxy/low-quota.ts'

describe('a rate limit that is nearly used up', () => {
  const resetAt = Date.UTC(2026, 0, 1, 14)
  const quota = (remaining: number, at = resetAt) => ({ limit: 5000, remaining, resetAt: at })

  it('is told once for each resource and hour, with what helps', () => {
    let now = resetAt - 60_000
    const notes: string[] = []
    const tell = createLowQuota(
      () => now,
      (text) => notes.push(text)
    )
    tell({ quota: { core: quota(501), graphql: quota(501) } })
    expect(notes).to.deep.equal([])
    for (const remaining of [500, 499, 0]) tell({ quota: { core: quota(501), graphql: quota(remaining) } })
    expect(notes).to.have.length(1)
    expect(notes[0]).to.match(
      /^500 of 5000 left of the rate limit "graphql" until 2026-01-01T14:00Z; a longer --graphql-ttl/
    )
    tell({ quota: { core: quota(3), graphql: quota(0) } })
    expect(notes[1]).to.match(/^3 of 5000 left of the rate limit "core"/)
    now = resetAt
    tell({ quota: { core: quota(3) } })
    expect(notes).to.have.length(2)
    tell({ quota: { core: quota(3, resetAt + 3_600_000) } })
    expect(notes).to.have.length(3)
  })
})
