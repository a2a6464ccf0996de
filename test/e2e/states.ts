import type { Call } from '@ghmesh/github-sim'
import type { Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { notice, panel, refresh } from './pages.ts'

/** A situation that somebody at the dashboard can be in, brought about for real. */
export interface State {
  name: string
  provoke(page: Page, world: World): Promise<unknown>
  /** Puts right what was done to the world. */
  restore?(world: World): Promise<unknown> | unknown
}

const stale = '[data-source="stale"]'

/** GitHub answers some calls, or all, with an error page. Returns what mends it. */
export function breakGitHub(world: World, { which = () => true, status = 502 }: Broken = {}): () => void {
  let isBroken = true
  world.github.respond(
    (call) => isBroken && which(call),
    () => new Response('Unicorn!', { status, headers: { 'access-control-allow-origin': '*' } })
  )
  return () => {
    isBroken = false
  }
}

interface Broken {
  which?: (call: Call) => boolean
  status?: number
}

/** Opens it without a mesh, so that GitHub is all there is. */
export async function openAlone(page: Page, world: World, names?: string[]): Promise<void> {
  await page.goto(world.addressWith({ names }).split('#')[0] as string)
  await page.getByRole('button', { name: 'Work without a mesh' }).click()
}

async function openFilled(page: Page, world: World): Promise<void> {
  await openAlone(page, world)
  await panel(page, 'pull-requests').locator('.row').first().waitFor()
  await page.getByText('Refreshed', { exact: false }).waitFor()
}

/** Opens it with a token, as entered on the first page. */
export async function openWithToken(page: Page, world: World, token: string, names?: string[]): Promise<void> {
  await page.goto(world.addressWith({ names }).split('#')[0] as string)
  await page.getByLabel('GitHub token').fill(token)
  await page.getByRole('button', { name: 'Work without a mesh' }).click()
}

export const states: State[] = [
  {
    name: 'the first start',
    async provoke(page, world) {
      await page.goto(world.site)
      await page.getByRole('heading', { name: 'Join your team’s mesh' }).waitFor()
    }
  },
  {
    name: 'something wrong in the form',
    async provoke(page, world) {
      await page.goto(world.site)
      await page.getByLabel('Secret').fill('ghm1_cut')
      await page.getByLabel('Relays').fill('relay.example.org')
      await page.getByRole('button', { name: 'Join the mesh' }).click()
      await page.getByText('incomplete or mistyped').waitFor()
      await page.getByText('begins with / and ends with').waitFor()
    }
  },
  {
    name: 'no repositories',
    async provoke(page, world) {
      await openAlone(page, world, [])
      await page.getByRole('heading', { name: 'Which repositories do you follow?' }).waitFor()
    }
  },
  {
    name: 'a repository with nothing in it',
    async provoke(page, world) {
      await openAlone(page, world, ['octo-org/empty'])
      await panel(page, 'pull-requests').getByText('No open pull requests.').waitFor()
      await panel(page, 'issues').getByText('No open issues.').waitFor()
    }
  },
  {
    name: 'a repository without a release',
    async provoke(page, world) {
      const headers = { 'access-control-allow-origin': '*' }
      world.github.respond(
        ({ path }) => path.endsWith('/octo-org/empty/releases/latest'),
        () => Response.json({ message: 'Not Found', status: '404' }, { status: 404, headers })
      )
      await openAlone(page, world, ['octo-org/empty'])
      await panel(page, 'releases').getByText('No releases yet.').waitFor()
    }
  },
  {
    name: 'GitHub’s rate limit used up, and nothing stored',
    async provoke(page, world) {
      world.github.limit(undefined)
      await openAlone(page, world)
      await notice(page, 'rate limit is used up').getByText('Requests work again at', { exact: false }).waitFor()
      await panel(page, 'issues').getByText('Not available yet').waitFor()
    },
    restore: ({ github }) => github.unlimit(undefined)
  },
  {
    name: 'GitHub’s rate limit used up, and older answers shown',
    async provoke(page, world) {
      await openFilled(page, world)
      world.github.limit(undefined)
      await refresh(page)
      await notice(page, 'rate limit is used up').getByRole('button', { name: 'Add a token' }).waitFor()
      await panel(page, 'pull-requests').locator(stale).getByText('rate limit').waitFor()
    },
    restore: ({ github }) => github.unlimit(undefined)
  },
  {
    name: 'offline',
    async provoke(page, world) {
      await openFilled(page, world)
      await page.context().setOffline(true)
      await notice(page, 'You are offline').waitFor()
    }
  },
  {
    name: 'a repository that does not exist',
    async provoke(page, world) {
      await openAlone(page, world, ['octocat/Hello-World', 'octocat/nowhere'])
      await notice(page, 'octocat/nowhere was not found').waitFor()
      await panel(page, 'pull-requests').locator('.row').first().waitFor()
    }
  },
  {
    name: 'a token that GitHub does not accept',
    async provoke(page, world) {
      await openWithToken(page, world, 'sim-token-expired')
      await notice(page, 'does not accept your token').getByRole('button', { name: 'Change the token' }).waitFor()
    }
  },
  {
    name: 'GitHub with a problem, and older answers shown',
    async provoke(page, world) {
      await openFilled(page, world)
      const mend = breakGitHub(world)
      await refresh(page)
      await notice(page, 'GitHub has a problem').getByRole('link', { name: 'GitHub’s status' }).waitFor()
      await panel(page, 'pull-requests').locator(stale).getByText('GitHub down').waitFor()
      mend()
    }
  },
  {
    name: 'an answer that cannot be read, also after it was stored',
    async provoke(page, world) {
      let isBroken = true
      world.github.respond(
        ({ path }) => isBroken && path.endsWith('/octo-org/website/pulls'),
        () => Response.json([{}, null], { headers: { 'access-control-allow-origin': '*' } })
      )
      await openAlone(page, world)
      const shown = async () => {
        await notice(page, 'An answer cannot be read').getByRole('button', { name: 'Try again' }).waitFor()
        await panel(page, 'pull-requests').getByText('octocat/Hello-World#').first().waitFor()
        await panel(page, 'issues').getByText('octo-org/website#').first().waitFor()
        await page.locator('.header-status').getByText('Partly refreshed').waitFor()
      }
      await shown()
      await page.reload()
      await shown()
      isBroken = false
    }
  },
  {
    name: 'a refresh that fails in the page itself',
    async provoke(page, world) {
      await page.addInitScript((rows) => {
        const find = Document.prototype.querySelectorAll
        Document.prototype.querySelectorAll = function (this: Document, selectors: string) {
          if (selectors === rows) throw new Error('no rows')
          return find.call(this, selectors)
        }
      }, '[data-head]')
      await openAlone(page, world)
      await notice(page, 'The last refresh did not finish').getByText('no rows').waitFor()
      await page.locator('.header-status').getByText('Refresh failed').waitFor()
      await panel(page, 'issues').locator('.row').first().waitFor()
    }
  },
  {
    name: 'GitHub out of reach, and nothing stored',
    async provoke(page, world) {
      await world.github.goDown()
      await openAlone(page, world)
      await notice(page, 'GitHub cannot be reached').getByRole('button', { name: 'Try again' }).waitFor()
      await panel(page, 'releases').getByText('Not available yet').waitFor()
    },
    restore: ({ github }) => github.goUp()
  },
  {
    name: 'a secret that was cut',
    async provoke(page, world) {
      await page.goto(world.addressWith({ secret: 'ghm1_cut' }))
      await page.getByText('The mesh cannot start with these settings.').waitFor()
      await page.getByText('This secret is incomplete or mistyped').waitFor()
    }
  }
]
