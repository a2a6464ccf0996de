// `npm start`: ghmesh at work on this machine, without the internet. GitHub is played by a simulator.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { createSecret } from 'ghmesh'
import { createProcesses } from './demo/processes.mjs'
import { row, table } from './demo/table.mjs'

const cli = join(import.meta.dirname, '../packages/cli/dist/bin.js')
const paint = (style, text) => styleText(style, text, { stream: process.stdout })
const say = (text = '') => console.log(text)
const step = (number, text) => say(`\n${paint('bold', `${number}. ${text}`)}`)
const check = (holds, what) => {
  if (!holds) throw new Error(`the figures do not agree: ${what}`)
}

const stopped = new AbortController()
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)))
const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(55_000)])
const folder = mkdtempSync(join(tmpdir(), 'ghmesh-demo-'))
const processes = createProcesses(signal)
const secret = createSecret()

// Of the commands' output, what matters here.
const shown =
  /^(Waiting|GitHub answered|Received|ghmesh:|Final)|^ *(source|bytes|from|connected_peers|peer_hits|api_calls_made):/
const prefixed = (name, style) => (line) => shown.test(line) && say(`   ${paint(style, name.padEnd(6))} | ${line}`)

const started = performance.now()
try {
  await run()
} catch (error) {
  console.error(`demo: ${signal.aborted ? signal.reason.message : error.message}`)
  process.exitCode = 1
} finally {
  await processes.end()
  rmSync(folder, { recursive: true, force: true })
}

async function run() {
  say(paint('bold', "ghmesh: a fetch for GitHub's API whose cache is shared by everyone with the same secret"))
  say('All of this happens on this machine: nothing leaves it, and a simulator plays the part of GitHub.')

  step(1, 'The simulator starts, in its own process')
  const github = processes.script('simulator', './github.mjs', {})
  const { url } = await processes.answer(github, 'url')
  const member = (name, token) => ({
    GITHUB_API_URL: url,
    GH_TOKEN: token,
    CACHE_P2P_SHARED_SECRET: secret,
    CACHE_LISTEN_PORT: '0',
    RUNNER_NAME: name,
    IPFS_ACCELERATE_P2P_CACHE_DIR: join(folder, 'peers'),
    IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
    IPFS_ACCELERATE_CACHE_DIR: join(folder, name)
  })
  const callsOf = async (login) =>
    (await processes.answer(github, 'calls', 'calls')).calls.filter((call) => call.login === login)
  say(`   ${url} has one repository with 1,000 issues`)

  step(2, 'Two processes, one secret: the writer asks GitHub, the reader gets the entry from the writer')
  const smoke = (name, token, ...args) => {
    const said = prefixed(name, name === 'reader' ? 'cyan' : 'magenta')
    return processes.command(name, cli, ['smoke', ...args, '--wait-seconds', '30'], member(name, token), said)
  }
  const reader = smoke('reader', '', '--read')
  await Promise.race([once(reader.stdout, 'data', { signal }), reader.ended])
  const writer = smoke('writer', 'sim-token-alice', '--write')
  const ends = await Promise.all([reader.ended, writer.ended])
  check(
    ends.every((code) => code === 0),
    `reader and writer ended with ${ends.join(' and ')}`
  )
  const smokeCalls = await callsOf('alice')
  check(smokeCalls.length === 1, `GitHub was called ${smokeCalls.length} times instead of once`)
  say(`   GitHub's own log: 1 call, by the writer. The reader has no token and made no call.`)

  step(3, 'Two programs read that repository and its 1,000 issues through Octokit, each with its own token')
  const alice = processes.script('first program', './member.mjs', member('alice', 'sim-token-alice'))
  const bob = processes.script('second program', './member.mjs', member('bob', 'sim-token-bob'))
  await Promise.all([processes.answer(alice, 'connected'), processes.answer(bob, 'connected')])
  const read = async (name, child) => {
    const answer = await processes.answer(child, 'stats', 'read')
    check(answer.issues === 1000, `${name} got ${answer.issues} issues instead of 1000`)
    return answer
  }
  const tell = (name, { issues, ms }, paid) =>
    say(`   ${name} read ${issues} issues in ${String(ms).padStart(4)} ms, ${paid} of quota`)
  const first = await read('alice', alice)
  tell('alice      ', first, `${first.stats.quotaSpent} units`)
  const second = await read('bob', bob)
  tell('bob        ', second, `${second.stats.quotaSpent} units`)
  const again = await read('alice', alice)
  tell('alice again', again, `${again.stats.quotaSpent - first.stats.quotaSpent} units`)

  step(4, 'Where the responses came from')
  const results = [
    { name: 'alice', stats: again.stats, calls: (await callsOf('alice')).slice(smokeCalls.length) },
    { name: 'bob', stats: second.stats, calls: await callsOf('bob') }
  ]
  for (const line of table(results.map(({ name, stats }) => row(name, stats)))) say(`   ${line}`)
  for (const { name, stats, calls } of results) {
    const answered = stats.hits + stats.collapsed + stats.peerHits + stats.misses + stats.revalidated
    check(answered === stats.requests, `${name} asked ${stats.requests} times and got ${answered} answers`)
    const units = calls.reduce((sum, call) => sum + call.units, 0)
    check(calls.length === stats.apiCallsMade, `${name} counts ${stats.apiCallsMade} calls, GitHub ${calls.length}`)
    check(units === stats.quotaSpent, `${name} counts ${stats.quotaSpent} units, GitHub ${units}`)
  }
  check(second.stats.quotaSpent === 0, `bob paid ${second.stats.quotaSpent} units`)
  const unchanged = results[1].calls.filter(({ status }) => status === 304).length
  if (unchanged > 0) {
    say(
      `   bob made ${unchanged === 1 ? 'one call' : `${unchanged} calls`} to GitHub to revalidate what alice had shared. "Not modified" costs no quota.`
    )
  }
  say("   GitHub's own log agrees with these figures.")
  say(
    `\n${paint('green', `Done in ${Math.round((performance.now() - started) / 1000)} s.`)} README.md explains how to use it.`
  )
}
