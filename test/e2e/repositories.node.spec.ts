import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { expand } from '../../examples/dashboard/src/github/groups.ts'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectAccessible, expectToFit, notice, openPage, panel } from './pages.ts'
import { openAlone, openWithToken } from './states.ts'
import { inOneWorld } from './world.ts'

describe('the repositories of the dashboard [long]', () => {
  let world: World
  let browser: Browser
  const many = Array.from({ length: 60 }, (_, index) => `octo-org/part-${index + 1}`)

  inOneWorld((made) => {
    ;({ world, browser } = made)
    for (const fullName of many)
      world.github.addRepository({ fullName, issues: 3, pulls: 2, commits: 2, topics: ['fleet'] })
    world.github.addRepository({ fullName: 'octo-org/empty', issues: 0, pulls: 0 })
    world.github.repository('octo-org/part-2').addRun({ status: 'completed', conclusion: 'failure' })
    world.github.repository('octo-org/part-1').addDeployment({ environment: 'staging', state: 'failure' })
    world.github.repository('octo-org/part-3').addRun({ status: 'in_progress' })
    world.github.repository('octo-org/part-60').update({ archived: true })
  })

  const row = (page: Page, name: string) =>
    page.locator('.repository').filter({ has: page.getByRole('button', { name, exact: true }) })
  const text = (page: Page, name: string) => row(page, name).innerText()

  /** What GitHub says of a repository, to somebody who may see everything. */
  async function truth(name: string): Promise<{ issues: number; pulls: number; release: string; failing: boolean }> {
    const get = async (path: string) => {
      const headers = { 'user-agent': 'truth', authorization: 'Bearer sim-token-alice' }
      const response = await fetch(`${world.github.url}/repos/${name}${path}`, { headers })
      // biome-ignore lint/suspicious/noExplicitAny: any field is read
      return (await response.json()) as any
    }
    const { check_runs } = await get('/commits/main/check-runs?per_page=100')
    const list = await get('/issues?state=open&per_page=100')
    return {
      issues: list.filter(({ pull_request }: { pull_request?: object }) => !pull_request).length,
      pulls: list.filter(({ pull_request }: { pull_request?: object }) => pull_request).length,
      release: (await get('/releases/latest')).tag_name,
      failing: check_runs.some(({ conclusion }: { conclusion: string }) => conclusion === 'failure')
    }
  }

  const ways = {
    'without a token': (page: Page, names: string[]) => openAlone(page, world, names),
    'with a token': (page: Page, names: string[]) => openWithToken(page, world, 'sim-token-alice', names)
  }
  for (const [how, open] of Object.entries(ways)) {
    it(`have a line each, which says what GitHub says: ${how}`, async () => {
      const { page } = await openPage(browser)
      const names = ['octo-org/part-1', 'octo-org/part-2', 'octo-org/part-3', 'octo-org/empty']
      await open(page, names)
      for (const name of names)
        await row(page, name)
          .getByText(/main|default branch/)
          .waitFor()
      for (const name of names) {
        const { issues, pulls, release, failing } = await truth(name)
        const said = await text(page, name)
        expect(said, name)
          .to.match(new RegExp(`\\b${issues} issues?`))
          .and.match(new RegExp(`\\b${pulls} pull requests?`))
        expect(said, name).to.include(release)
        expect(said.includes('failing'), name).to.equal(failing)
      }
      const deployed = await text(page, 'octo-org/part-1')
      expect(deployed.includes('Deployment to staging failed'), deployed).to.equal(how === 'with a token')
      expect(await text(page, 'octo-org/part-3')).to.match(/(main|default branch) running/)
      await panel(page, 'repositories').getByText('1 failing').waitFor()
      await expectAccessible(page)
      await page.setViewportSize({ width: 360, height: 800 })
      await expectToFit(page)
    })
  }

  it('filters everything to the one that is clicked, and back', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world)
    const issues = panel(page, 'issues')
    await issues.getByText('octo-org/website#').first().waitFor()
    const choice = page.getByRole('button', { name: 'octo-org/website', exact: true })
    await choice.press('Enter')
    await issues.getByText('octocat/Hello-World#').first().waitFor({ state: 'detached' })
    expect(await choice.getAttribute('aria-pressed')).to.equal('true')
    for (const name of ['pull-requests', 'issues', 'workflow-runs', 'releases']) {
      const about = await panel(page, name).locator('.row .row-about').allInnerTexts()
      expect(
        about.every((text) => text.includes('octo-org/website')),
        name
      ).to.equal(true)
    }
    await choice.press('Enter')
    await issues.getByText('octocat/Hello-World#').first().waitFor()
  })

  it('can be a whole organization, which members share, without what is archived', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.addressWith({ names: ['org:octo-org'] }))
    await row(page, 'octo-org/part-59').waitFor()
    const names = await page.locator('.repository-name').allInnerTexts()
    expect(names).to.include.members([...many.slice(0, 59), 'octo-org/website', 'octo-org/empty'])
    expect(names.every((name) => name.startsWith('octo-org/'))).to.equal(true)
    expect(await page.getByRole('button', { name: 'octo-org/part-60', exact: true }).count()).to.equal(0)
    await page.getByRole('list', { name: 'Groups of repositories' }).getByText(`${names.length} repositories`).waitFor()
    await page.getByText('Next refresh at').waitFor()
    expect(page.url()).to.include('repositories=org:octo-org')
    const asked = () => world.github.count(({ path }) => path.startsWith('/orgs/octo-org'))
    expect(asked()).to.equal(1)
    const { page: other } = await openPage(browser)
    // It asks once it has met the one who has it.
    await other.goto(world.addressWith({ names: [] }))
    for (const one of [page, other])
      await panel(one, 'mesh')
        .getByRole('row', { name: /^browser-.*direct/ })
        .waitFor()
    await other.getByLabel('Repositories', { exact: true }).fill('org:octo-org')
    await other.keyboard.press('Enter')
    await row(other, 'octo-org/part-59').waitFor()
    expect(asked()).to.equal(1)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Remove org:octo-org' }).click()
    await page.getByRole('heading', { name: 'Which repositories do you follow?' }).waitFor()
  })

  it('can be those of a topic, and a group that does not exist says so', async () => {
    const { page } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-alice', ['topic:fleet', 'org:nobody'])
    await page.locator('.repository').nth(58).waitFor()
    await notice(page, 'org:nobody was not found').getByRole('button', { name: 'Remove org:nobody' }).click()
    await notice(page, 'org:nobody').waitFor({ state: 'detached' })
    expect(page.url()).to.match(/repositories=topic:fleet$/)
  })

  it('offers to remove a repository that is gone where it is listed under its own name, not where a group has it', async () => {
    const gone = ['octo-org/gone', 'octo-org/gone-too'] as const
    for (const fullName of gone) world.github.addRepository({ fullName, topics: [fullName.slice('octo-org/'.length)] })
    const { page } = await openPage(browser)
    await page.clock.install()
    await openWithToken(page, world, 'sim-token-alice', ['topic:gone', 'octo-org/gone-too'])
    await page.getByText('Next refresh at').waitFor()
    for (const name of gone) world.github.repository(name).remove()
    // The list of the group is not due yet.
    await page.clock.runFor(61_000)
    const removal = (name: string) =>
      notice(page, `${name} was not found`).getByRole('button', { name: `Remove ${name}`, exact: true })
    await removal('octo-org/gone-too').waitFor()
    await notice(page, 'octo-org/gone was not found').waitFor()
    expect(await removal('octo-org/gone').count()).to.equal(0)
  })

  it('count once, whatever stands for them, and never more than the bound', () => {
    const answers = new Map([
      ['/orgs/a/repos?sort=pushed&per_page=100', { data: ['a/one', 'a/two'] }],
      ['/users/b/repos?sort=pushed&per_page=100', { data: ['b/one'], isMore: true }]
    ])
    const { names, total, groups } = expand(['A/ONE', 'org:a', 'user:b', 'topic:c'], answers, 2)
    expect(names).to.deep.equal(['a/one', 'a/two'])
    expect(total).to.equal(3)
    expect(groups.map(({ entry, answer }) => [entry, answer?.isMore ?? answer?.data?.length])).to.deep.equal([
      ['org:a', 2],
      ['user:b', true],
      ['topic:c', undefined]
    ])
  })
})
