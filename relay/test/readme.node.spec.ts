import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands, root } from '../../test/support/commands.ts'

const line = 'GHMESH_RELAYS=/dns4/relay.example.com/tcp/4001/p2p/12D3KooW'

/** As a relay that has not yet started at first: the line is in its log from the third look on. */
const stub = `#!/bin/sh
echo look >> "$LOOKS"
[ "$(wc -l < "$LOOKS")" -lt 3 ] || echo '${line}'
`

describe("the relay's documents", () => {
  const commands = createCommands()
  after(() => commands.end())

  // Relay's README: "**systemd.**"
  // Relay's README: "**A container.**"
  it('show the line for members directly after the start, though it takes a moment', async () => {
    const text = ['README.md', 'deploy/compose.yaml', 'deploy/ghmesh-relay.service']
      .map((name) => readFileSync(join(root, 'relay', name), 'utf8'))
      .join('\n')
    const shown = text.split('\n').filter((one) => /\b(?:journalctl|docker\b.* logs)\b.*GHMESH_RELAYS/.test(one))
    expect(shown).to.have.length(4)
    for (const [n, one] of shown.entries()) {
      const folder = commands.folder(`bin-${n}`)
      for (const name of ['docker', 'journalctl']) writeFileSync(join(folder, name), stub, { mode: 0o755 })
      for (const name of ['sleep', 'systemctl']) writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 })
      const env = { PATH: `${folder}:${process.env.PATH}`, LOOKS: join(folder, 'looks') }
      const { code, stdout } = await commands.start('sh', ['-c', one.replace(/^#\s*/, '')], env).ended
      expect([code, stdout], one).to.deep.equal([0, `${line}\n`])
    }
  })
})
