import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import { gatherWrites } from '../src/platform/node/gather-writes.ts'

describe('writes to a socket', () => {
  it('go to the system together when they come in one turn of the thread, and lose nothing', async () => {
    const heard: Buffer[] = []
    const server = createServer((socket) => socket.on('data', (bytes) => heard.push(bytes)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = gatherWrites(connect((server.address() as { port: number }).port, '127.0.0.1'))
    try {
      await once(socket, 'connect')
      const calls = countCalls(socket)
      for (const text of ['a', 'b', 'c']) socket.write(text)
      await new Promise((resolve) => Promise.resolve().then(() => socket.write('d', resolve)))
      expect(calls).to.deep.equal({ single: 0, gathered: 1 })
      socket.write('e')
      socket.end('f')
      await once(socket, 'close')
      expect(Buffer.concat(heard).toString()).to.equal('abcdef')
    } finally {
      socket.destroy()
      server.close()
    }
  })
})

/** Counts what the stream hands to the system: alone, or several writes at once. */
function countCalls(socket: Socket): { single: number; gathered: number } {
  const calls = { single: 0, gathered: 0 }
  const { _write, _writev } = socket
  socket._write = (...how) => {
    calls.single++
    return _write.apply(socket, how)
  }
  socket._writev = (...how) => {
    calls.gathered++
    return _writev?.apply(socket, how)
  }
  return calls
}
