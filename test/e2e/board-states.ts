import { panel } from './pages.ts'
import { openWithToken, type State } from './states.ts'

const asAlice = async (...[page, world]: Parameters<State['provoke']>) => {
  await openWithToken(page, world, 'sim-token-alice')
  await panel(page, 'pull-requests').getByText('Approved').first().waitFor()
}

/** What a reader with a token has open in a working day; `furnishTeam` has furnished the world. */
export const boardStates: State[] = [
  { name: 'the board with what needs attention', provoke: asAlice },
  {
    name: 'a search and the saved views',
    async provoke(page, world) {
      await asAlice(page, world)
      await page.getByLabel('Search').fill('is:pr banner')
      await page.locator('.saved-views summary').click()
      await page.getByLabel('Name of this view').fill('Everything about the banner of our website')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('button', { name: 'Remove the view' }).waitFor()
    }
  },
  {
    name: 'one taken, one snoozed',
    async provoke(page, world) {
      await asAlice(page, world)
      await page.getByRole('button', { name: 'I’ll take it' }).first().click()
      await page.getByText('You’re on it').waitFor()
      await page.getByRole('button', { name: 'Snooze for a day' }).first().click()
      await page.getByText('Set aside by the team').click()
      await page.getByText('Snoozed by alice').waitFor()
    }
  },
  {
    name: 'the mesh beside the board',
    async provoke(page, world) {
      await page.goto(world.address)
      await panel(page, 'pull-requests').locator('.row').first().waitFor()
      if ((await panel(page, 'mesh').count()) === 0) await page.getByRole('button', { name: 'saved today' }).click()
      await panel(page, 'mesh').getByRole('row', { name: 'laptop Node' }).waitFor()
    }
  },
  {
    name: 'the settings beside the board',
    async provoke(page, world) {
      await asAlice(page, world)
      await page.getByRole('button', { name: 'Settings', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
    }
  },
  {
    name: 'the shortcuts',
    async provoke(page, world) {
      await asAlice(page, world)
      await page.getByRole('button', { name: 'Shortcuts' }).click()
      await page.getByRole('dialog').getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    }
  },
  {
    name: 'wall mode',
    async provoke(page, world) {
      await asAlice(page, world)
      await page.getByRole('button', { name: 'Wall mode' }).click()
      await page.locator('[data-wall="true"]').waitFor()
    }
  }
]
