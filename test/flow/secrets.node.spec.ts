import { expect } from 'chai'
import { as, bob, keptFrom, next, repo, scene, shared, status } from './members.ts'

const issues = `${repo}/issues`

describe('bodies with credentials', () => {
  const s = scene()

  const secrets: Record<string, unknown> = {
    'a token to clone with': { id: 1, temp_clone_token: 'AAAABBBB' },
    'a URL with a token': [{ download_url: 'https://raw.example/x?token=ABC' }],
    'a GitHub token in a text': [{ body: `mine is ghp_${'a1B2'.repeat(9)}` }],
    'a fine-grained token': [{ body: `github_pat_${'a1B2_'.repeat(9)}` }],
    'a private profile': { login: 'octocat', total_private_repos: 3 }
  }
  for (const [what, body] of Object.entries(secrets)) {
    it(`${what} is neither shared nor given to another token of the same member`, async () => {
      const [a, b] = await s.two({ share: 'group' })
      const known = next(a, 'announced', 'hello-world')
      await shared(a, b, `${repo}/labels`) // the repository is known to be public now
      await known
      let announced = 0
      a.mesh.addEventListener('announced', ({ detail }) => detail.url.endsWith('/issues') && announced++)
      s.github.setBody(issues, body)
      await a.ask(issues)
      await keptFrom(b, a, issues)
      expect(announced).to.equal(0)
      expect(await a.peek(issues, as(bob)), 'peek').to.equal(undefined)
      for (const cache of ['only-if-cached', 'default', 'force-cache'] as const) {
        s.github.addToken(`token-${cache}`, { login: cache })
        expect(status(await a.ask(issues, { ...as(`token-${cache}`), cache })), cache).not.to.match(/hit/)
      }
    })
  }
})
