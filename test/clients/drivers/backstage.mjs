// Reads a catalogue's locations with Backstage's own provider for GitHub, where `apiBaseUrl` says, and prints them.
import { createRequire } from 'node:module'
import process from 'node:process'
import { json } from 'node:stream/consumers'

const { base, token } = await json(process.stdin)
const load = createRequire(`${process.argv[2]}/`)
const { ConfigReader } = load('@backstage/config')
const { GithubEntityProvider } = load('@backstage/plugin-catalog-backend-module-github')

const config = new ConfigReader({
  integrations: { github: [{ host: 'github.com', apiBaseUrl: base, token }] },
  catalog: {
    providers: {
      github: { all: { organization: 'octocat', catalogPath: '/README.md', validateLocationsExist: true } }
    }
  }
})
const quiet = () => {}
const fail = (message) => {
  console.error(message)
  process.exitCode = 1
}
const logger = { info: quiet, debug: quiet, warn: quiet, error: fail, child: () => logger }
const [provider] = GithubEntityProvider.fromConfig(config, { logger, schedule: { run: ({ fn }) => fn() } })
await provider.connect({
  async applyMutation({ entities }) {
    process.stdout.write(JSON.stringify(entities.map(({ entity }) => entity.spec.target)))
  }
})
