import { spawn } from 'node:child_process'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'

const program = `
import { createMesh, memoryStore } from 'ghmesh'
const { API, OTHER } = process.env
const mesh = await createMesh({ apiUrl: API, token: 'sim-token-alice', store: memoryStore() })
globalThis.fetch = mesh.fetch
const said = []
for (const url of [API + '/repos/octocat/Hello-World/issues', API + '/repos/octocat/Hello-World/issues', OTHER]) {
  const answer = await fetch(url)
  said.push([answer.status, answer.headers.get('cache-status')])
}
const made = await fetch(API + '/repos/octocat/Hello-World/issues', { method: 'POST', body: '{"title":"One"}' })
said.push(made.status)
await mesh.stop()
console.log(JSON.stringify(said))
`

describe('globalThis.fetch = mesh.fetch', () => {
  let github: GitHub
  before(async () => {
    github = await startGitHub()
  })
  after(() => github.stop())

  it('is the cache for the API and plain fetch for other hosts, and calls itself never', async () => {
    const other = `${github.filesUrl}/octocat/Hello-World/main/README.md`
    // A recursion would take all memory: a small heap makes that a quick end.
    const child = spawn(process.execPath, ['--max-old-space-size=100', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      env: { PATH: process.env.PATH, API: github.url, OTHER: other },
      stdio: ['ignore', 'pipe', 'ignore']
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).to.equal(0)
    const [first, second, elsewhere, made] = JSON.parse(printed)
    expect(first).to.deep.equal([200, 'ghmesh; fwd=uri-miss; fwd-status=200; stored'])
    expect(second).to.deep.equal([200, 'ghmesh; hit'])
    expect(elsewhere).to.deep.equal([(await fetch(other)).status, null])
    expect(made).to.equal(201)
  })
})
