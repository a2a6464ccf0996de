import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { client, commandLine, startServer } from './commands.mjs'

const root = join(import.meta.dirname, '..')
const path = '/repos/octocat/Hello-World/languages'
const asked = { path, headers: { host: 'api.github.com' } }

/** The proxy's socket beside a bare server's; `gh` through it beside `gh api --cache`, where there is a gh. */
export async function startProxies(origin, directory) {
  const own = {
    CACHE_P2P_SHARED_SECRET: '',
    GITHUB_API_URL: origin.url,
    CACHE_DIR: join(directory, 'proxy'),
    CACHE_DEFAULT_TTL: '36000'
  }
  const [proxySocket, bareSocket] = [join(directory, 'proxy.sock'), join(directory, 'bare.sock')]
  const cli = join(root, 'packages/cli/bin/ghmesh.js')
  const stopProxy = await startServer(process.execPath, [cli, 'proxy', '--socket', proxySocket], own)
  const proxy = client(proxySocket, asked)
  await proxy.get()
  const { headers, body } = await proxy.get()
  const same = join(directory, 'answer.json')
  writeFileSync(same, JSON.stringify({ headers, body: body.toString() }))
  const stopBare = await startServer(process.execPath, [join(import.meta.dirname, 'bare-server.mjs'), bareSocket, same])
  const bare = client(bareSocket, asked)

  const gh = { GH_TOKEN: 'bench', GH_NO_UPDATE_NOTIFIER: '1', XDG_CACHE_HOME: join(directory, 'gh-cache') }
  const configured = (name, socket) => {
    const config = join(directory, name)
    mkdirSync(config)
    writeFileSync(join(config, 'config.yml'), `http_unix_socket: ${socket}\n`)
    return { ...gh, GH_CONFIG_DIR: config }
  }
  const throughProxy = commandLine('gh', ['api', path], configured('gh-proxy', proxySocket))
  // Its own cache is filled through the bare server; from then on it asks nobody.
  const ownCache = commandLine('gh', ['api', '--cache', '1h', path], configured('gh-bare', bareSocket))
  const hasGh = await throughProxy().then(
    () => true,
    (error) => {
      if (error.code !== 'ENOENT') throw error
      return false
    }
  )
  const bodyOf = (get) => async () => (await get()).body
  return {
    socket: { ghmesh: { call: bodyOf(proxy.get) }, bare: { call: bodyOf(bare.get) } },
    gh: hasGh ? { ghmesh: { call: throughProxy }, 'gh --cache': { call: ownCache } } : {},
    async stop() {
      proxy.end()
      bare.end()
      await stopProxy()
      await stopBare()
    }
  }
}
