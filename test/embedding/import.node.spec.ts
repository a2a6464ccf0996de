import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'

/** For a process that has nothing else to do: whatever were left over would keep it from ending. */
const script = (specifier: string) => `
  const called = []
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'queueMicrotask']) {
    const original = globalThis[name]
    globalThis[name] = (...args) => (called.push(name), original(...args))
  }
  const looked = {
    globals: () => globalThis,
    ...Object.fromEntries(
      [Object, Array, Function, Promise, Uint8Array, EventTarget, Error].map((type) => [type.name, () => type.prototype])
    )
  }
  // Without reading them, for some of Node's globals are made when they are first read.
  const look = () => Object.entries(looked).flatMap(([what, of]) =>
    Object.entries(Object.getOwnPropertyDescriptors(of())).map(([name, { value, get }]) => [what + ' ' + name, value ?? get])
  )
  const before = new Map(look())
  const heard = process.eventNames()
  const { createMesh } = await import(${JSON.stringify(specifier)})
  console.log(JSON.stringify({
    createMesh: typeof createMesh,
    called,
    changed: look().filter(([name, value]) => !before.has(name) || !Object.is(before.get(name), value)).map(([name]) => name),
    listeners: process.eventNames().filter((name) => !heard.includes(name)),
    handles: process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP|UDP|Worker/.test(name))
  }))`

describe('importing ghmesh on a server', () => {
  const commands = createCommands()
  after(() => commands.end())

  const pages = join(root, 'packages/core/dist/browser/ghmesh.js')
  const run = (specifier: string, ...args: string[]) =>
    commands.start(process.execPath, [...args, '--input-type=module', '-e', script(specifier)]).ended

  for (const [what, specifier, ...args] of [
    ['the file for Node', 'ghmesh'],
    ['the file for pages', pathToFileURL(pages).href],
    ['the file for pages, by the browser condition', 'ghmesh', '--conditions=browser']
  ] as const) {
    it(`does nothing but that: ${what}`, async () => {
      const { code, stdout, stderr } = await run(specifier, ...args)
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(JSON.parse(stdout)).to.deep.equal({
        createMesh: 'function',
        called: [],
        changed: [],
        listeners: [],
        handles: []
      })
    })
  }

  it('the file for pages asks for none of Node’s modules', () => {
    expect(readFileSync(pages, 'utf8')).to.not.match(/(?:from|import|require)\s*\(?["'](?:node:|fs|net|crypto)\b/)
  })
})
