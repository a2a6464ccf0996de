import { expect } from 'chai'
import { isInRange } from '../src/filters/date-range.ts'
import { hello, withGitHub } from './helpers.ts'

describe('lists of workflow runs, checks and deployments', () => {
  const sim = withGitHub()
  const total = async (path: string) => (await sim.json(hello + path)).total_count

  it('of runs know actor, branch, time, suite and the rest', async () => {
    const all = await sim.json(`${hello}/actions/runs`)
    const [run] = all.workflow_runs
    const runs = (search: string) => total(`/actions/runs?${search}`)
    expect(await runs('branch=main')).to.equal(all.total_count)
    expect(await runs('branch=next')).to.equal(0)
    expect(await runs('actor=nobody')).to.equal(0)
    expect(await runs(`actor=${run.actor.login}`)).to.be.greaterThan(0)
    expect(await runs('event=pull_request')).to.equal(0)
    expect(await runs('status=failure')).to.equal(1)
    expect(await runs(`head_sha=${run.head_sha}`)).to.equal(1)
    expect(await runs(`check_suite_id=${run.check_suite_id}`)).to.equal(1)
    expect(await runs(`created=${encodeURIComponent(`>=${run.created_at}`)}`)).to.equal(1)
    expect(await runs('created=%3C2000-01-01')).to.equal(0)
  })

  it('of checks know name, status and app', async () => {
    const checks = (search: string) => total(`/commits/main/check-runs?${search}`)
    const suites = (search: string) => total(`/commits/main/check-suites?${search}`)
    const [check] = (await sim.json(`${hello}/commits/main/check-runs`)).check_runs
    expect(await checks('check_name=build&status=completed&filter=all')).to.equal(1)
    expect(await checks('check_name=other')).to.equal(0)
    expect(await checks('status=queued')).to.equal(0)
    expect(await checks(`app_id=${check.app.id}`)).to.equal(1)
    expect(await checks('app_id=1')).to.equal(0)
    expect(await suites(`app_id=${check.app.id}&check_name=build`)).to.equal(1)
    const [suite] = (await sim.json(`${hello}/commits/main/check-suites`)).check_suites
    expect(suite.head_commit.id).to.equal(suite.head_sha)
    expect(await suites('app_id=1')).to.equal(0)
    expect(await suites('check_name=other')).to.equal(0)
  })

  it('of deployments know commit, ref, task and environment', async () => {
    const [deployment] = await sim.json(`${hello}/deployments`)
    const count = async (search: string) => (await sim.json(`${hello}/deployments?${search}`)).length
    expect(await count(`sha=${deployment.sha}&ref=main&task=deploy&environment=production`)).to.equal(1)
    for (const other of [`sha=${'0'.repeat(40)}`, 'ref=next', 'task=deploy:migrations', 'environment=staging'])
      expect(await count(other), other).to.equal(0)
  })
})

describe('a range of dates', () => {
  const noon = '2026-01-05T12:00:00Z'

  it('has the forms that searches have', () => {
    const inside = [
      '2026-01-05',
      '>2026-01-04',
      '>=2026-01-05',
      '<2026-01-06',
      '<=2026-01-05',
      '2026-01-05..2026-01-05'
    ]
    const open = ['*..2026-01-05', '2026-01-05..*', noon, `>=${noon}`, `<=${noon}`, '2026-01-05T14:00:00+02:00']
    for (const range of [...inside, ...open]) expect(isInRange(range, noon), range).to.equal(true)
    const outside = [
      '2026-01-04',
      '>2026-01-05',
      '<2026-01-05',
      '2026-01-06..*',
      '*..2026-01-04',
      `>${noon}`,
      `<${noon}`
    ]
    for (const range of outside) expect(isInRange(range, noon), range).to.equal(false)
  })
})
