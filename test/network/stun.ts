import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const magicCookie = 0x2112a442
const bindingRequest = 0x0001
const bindingSuccess = 0x0101
const xorMappedAddress = 0x0020

/** A STUN server (RFC 8489) that answers binding requests over IPv4 with the address they came from, and nothing else. */
export async function startStun(host: string, port = 3478): Promise<{ url: string; stop(): void }> {
  const socket = createSocket('udp4')
  socket.on('message', (request, from) => {
    if (request.length < 20 || request.readUInt16BE(0) !== bindingRequest || request.readUInt32BE(4) !== magicCookie)
      return
    const answer = Buffer.alloc(32)
    answer.writeUInt16BE(bindingSuccess, 0)
    answer.writeUInt16BE(12, 2)
    request.copy(answer, 4, 4, 20)
    answer.writeUInt16BE(xorMappedAddress, 20)
    answer.writeUInt16BE(8, 22)
    answer.writeUInt8(1, 25)
    answer.writeUInt16BE(from.port ^ (magicCookie >>> 16), 26)
    const address = from.address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
    answer.writeUInt32BE((address ^ magicCookie) >>> 0, 28)
    socket.send(answer, from.port, from.address)
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  return { url: `stun:${host}:${port}`, stop: () => void socket.close() }
}
