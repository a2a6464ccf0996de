import { expect } from 'chai'
import { createCommands } from '../support/commands.ts'
import { callTools, enterpriseServer, type ToolCall } from './mcp.ts'
import { has, startProxy, startWorld, token } from './world.ts'

const hello = { owner: 'octocat', repo: 'Hello-World' }
const reads: ToolCall[] = [
  ['get_me', {}],
  ['list_issues', { ...hello, perPage: 3 }],
  ['list_pull_requests', { ...hello, perPage: 3 }],
  ['issue_read', { ...hello, issue_number: 1, method: 'get' }],
  ['issue_read', { ...hello, issue_number: 1, method: 'get_comments' }],
  ['get_file_contents', { ...hello, path: 'README.md' }],
  ['list_commits', { ...hello, perPage: 2 }],
  ['get_file_contents', { owner: 'octocat', repo: 'nothing', path: 'README.md' }]
]

describe('github-mcp-server with GITHUB_HOST', () => {
  const commands = createCommands()
  after(() => commands.end())

  // It leaves out the port of GITHUB_HOST, so the proxy has to have port 80.
  it('sees through the proxy what it sees without it, and a second one costs nothing', async function () {
    if (!has('mcp')) return this.skip()
    await using github = await startWorld()
    const host = 'http://127.0.0.1'
    const plain = await enterpriseServer(github, 80)
    if (!plain) return this.skip()
    const plainly = await callTools(commands, { host, token, calls: reads })
    await plain.stop()
    expect(plainly.map((text) => /^error: /.test(text))).to.deep.equal([...Array(7).fill(false), true])
    expect(plainly[0]).to.match(/"login":"alice"/)
    expect(plainly[5]).to.match(/^# Hello-World$/m)

    const proxy = await startProxy(commands, github, ['--port', '80', '--graphql-ttl', '20'])
    expect(await callTools(commands, { host, token, calls: reads })).to.deep.equal(plainly)
    github.clearCalls()
    expect(await callTools(commands, { host, token, calls: reads })).to.deep.equal(plainly)
    expect(github.calls.filter(({ status }) => status < 400)).to.deep.equal([])

    // What one of them writes the next shows.
    const write: ToolCall = ['issue_write', { ...hello, method: 'create', title: 'By a tool' }]
    const [made, list] = await callTools(commands, { host, token, calls: [write, reads[1] as ToolCall] })
    expect(made).to.match(/"id":"\d+"/)
    expect(list).to.match(/By a tool/)
    await proxy.stop()
  })
})
