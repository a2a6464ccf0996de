import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { openPage, panel, refresh } from './pages.ts'
import { inOneWorld } from './world.ts'

/** So many elements of Preact's tree are in a page's memory, once nothing is left to collect. */
async function elementsIn(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page)
  const { result } = await client.send('Runtime.evaluate', { expression: 'Object.prototype' })
  const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: result.objectId as string })
  const counted = await client.send('Runtime.callFunctionOn', {
    objectId: objects.objectId as string,
    functionDeclaration: `function () {
      return this.filter((one) => ['type', 'props', 'key', 'ref'].every((name) => Object.hasOwn(one, name))).length
    }`,
    returnByValue: true
  })
  await client.detach()
  return counted.result.value
}

describe('a dashboard that stays open', () => {
  let world: World
  let browser: Browser
  const names = ['app', 'site', 'tools', 'docs'].map((name) => `octo-lasting/${name}`)

  inOneWorld((made) => {
    ;({ world, browser } = made)
    for (const fullName of names) world.github.addRepository({ fullName, issues: 20, pulls: 5, commits: 1 })
  })

  it('keeps nothing of what it showed in earlier rounds', async () => {
    const { page } = await openPage(browser)
    const settings = { secret: world.secret, relays: [world.relayAddress], token: 'sim-token-alice' }
    await page.addInitScript(
      ([key, text]) => sessionStorage.setItem(key as string, text as string),
      [`ghmesh dashboard ${world.github.url}`, JSON.stringify(settings)]
    )
    await page.goto(world.addressWith({ names }).split('#')[0] as string)
    await page.getByText('Next refresh at').waitFor()
    const held: number[] = []
    for (let round = 1; round <= 9; round++) {
      world.github.repository(names[round % names.length] as string).addIssue({ title: `Found in round ${round}.` })
      await refresh(page)
      await panel(page, 'issues').getByText(`Found in round ${round}.`).waitFor()
      held.push(await elementsIn(page))
    }
    // A row is some twenty elements, and each round adds one; all that is shown is some 3,500.
    const [third, last] = [held[2], held.at(-1)] as [number, number]
    expect(last - third).to.be.below(40 * (held.length - 3))
  })
})
