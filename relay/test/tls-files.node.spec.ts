import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { certificate } from '../../test/embedding/certificate.ts'
import { createRelay } from '../src/relay.ts'
import { openTls } from '../src/tls-files.ts'

describe('the files of a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-tls-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')] as const
  after(() => rmSync(folder, { recursive: true }))
  let changes = 0
  const put = (file: string, text: string) => {
    writeFileSync(file, text)
    // Also where the file system knows whole seconds only.
    const at = 1_700_000_000 + ++changes
    utimesSync(file, at, at)
  }

  it('are read again when they have changed, and those that do not fit are told of once', async () => {
    const [first, second] = [await certificate(), await certificate()]
    put(certFile, first.cert)
    put(keyFile, first.key)
    let now = 0
    const warnings: string[] = []
    const tls = openTls({ certFile, keyFile, now: () => now, warn: ({ message }) => warnings.push(message) })
    const relay = createRelay({ host: '127.0.0.1', tcpPort: 'off', webSocketPort: 0, tls })
    await relay.start()
    try {
      const port = Number(/\/tcp\/(\d+)/.exec(relay.addresses[0] ?? '')?.[1])
      const shown = async (servername?: string): Promise<string> => {
        const socket = connect({
          host: '127.0.0.1',
          port,
          rejectUnauthorized: false,
          ...(servername && { servername })
        })
        await once(socket, 'secureConnect')
        const { raw } = socket.getPeerCertificate()
        socket.destroy()
        return raw.toString('base64')
      }
      const pemOf = ({ cert }: { cert: string }) => cert.replace(/-----.*?-----|\s/g, '')
      expect(await shown('relay.example')).to.equal(pemOf(first))
      put(certFile, second.cert)
      expect(await shown('relay.example'), 'within the minute').to.equal(pemOf(first))
      for (let n = 1; n <= 2; n++) {
        now += 60_000
        expect(await shown('relay.example'), 'with the key of before').to.equal(pemOf(first))
      }
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(/^--tls-cert .* cannot be used: /)
      put(keyFile, second.key)
      now += 60_000
      expect(await shown('relay.example')).to.equal(pemOf(second))
      rmSync(certFile)
      now += 60_000
      expect(await shown('relay.example')).to.equal(pemOf(second))
      expect(warnings).to.have.length(2)
    } finally {
      await relay.stop()
    }
  })
})
