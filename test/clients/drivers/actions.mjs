// Does with @actions/github what a step of a workflow does, where GITHUB_API_URL says, and prints what it saw.
import { join } from 'node:path'
import process from 'node:process'
import { json } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const { base, token } = await json(process.stdin)
// It is read when the package is loaded.
process.env.GITHUB_API_URL = base
const file = join(process.argv[2], 'node_modules/@actions/github/lib/github.js')
const { context, getOctokit } = await import(pathToFileURL(file))

const kit = getOctokit(token)
const repo = { owner: 'octocat', repo: 'Hello-World' }
const { data } = await kit.rest.issues.listForRepo({ ...repo, per_page: 3 })
const answer = await kit.graphql('query Who { viewer { login } }')
process.stdout.write(
  JSON.stringify({ baseUrl: context.apiUrl, issues: data.map(({ number, title }) => [number, title]), answer })
)
