import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { gatherWrites } from '../src/platform/node/gather-writes.ts'

/** A socket that gathers writes, and what the other side hears until it ends. */
async function connected(): Promise<{ socket: Socket; heard: Promise<string> }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const socket = gatherWrites(connect((server.address() as { port: number }).port, '127.0.0.1'))
  const [[other]] = (await Promise.all([accepted, once(socket, 'connect')])) as [[Socket], unknown]
  server.close()
  return { socket, heard: text(other) }
}

describe('writes to a socket', () => {
  it('go to the system together when they come in one turn of the thread, and lose nothing', async () => {
    const { socket, heard } = await connected()
    const calls = countCalls(socket)
    for (const letter of ['a', 'b', 'c']) socket.write(letter)
    await new Promise((resolve) => Promise.resolve().then(() => socket.write('d', resolve)))
    expect(calls).to.deep.equal({ single: 0, gathered: 1 })
    socket.write('e')
    socket.end('f')
    expect(await heard).to.equal('abcdef')
  })

  it('arrive when the socket is destroyed in the same turn', async () => {
    const { socket, heard } = await connected()
    socket.write('goodbye')
    socket.destroy()
    expect(await heard).to.equal('goodbye')
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
