import { createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

// RFC 8489, sections 5 and 14.
const bindingRequest = 0x0001
const magicCookie = 0x2112a442
const attributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  fingerprint: 0x8028,
  controlling: 0x802a
}
const fingerprintMask = 0x5354554e
const headerBytes = 20
const integrityBytes = 24
const fingerprintBytes = 8

function attribute(type: number, value: Uint8Array): Buffer {
  const padded = Buffer.alloc(4 + ((value.byteLength + 3) & ~3))
  padded.writeUInt16BE(type, 0)
  padded.writeUInt16BE(value.byteLength, 2)
  padded.set(value, 4)
  return padded
}

/**
 * A binding request as a browser begins WebRTC-direct with, under a name that nobody has used: name and password are the
 * same, so everybody can make one.
 */
export function bindingRequestOf(name: string): Buffer {
  const transaction = randomBytes(12)
  const header = (length: number) => {
    const bytes = Buffer.alloc(headerBytes)
    bytes.writeUInt16BE(bindingRequest, 0)
    bytes.writeUInt16BE(length, 2)
    bytes.writeUInt32BE(magicCookie, 4)
    bytes.set(transaction, 8)
    return bytes
  }
  let body = Buffer.concat([
    attribute(attributes.username, Buffer.from(`${name}:${name}`)),
    attribute(attributes.controlling, randomBytes(8)),
    attribute(attributes.priority, Buffer.from([0x7e, 0, 0x1e, 0xff]))
  ])
  const signed = Buffer.concat([header(body.byteLength + integrityBytes), body])
  const mac = createHmac('sha1', name).update(signed).digest()
  body = Buffer.concat([body, attribute(attributes.messageIntegrity, mac)])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE((crc32(Buffer.concat([header(body.byteLength + fingerprintBytes), body])) ^ fingerprintMask) >>> 0)
  body = Buffer.concat([body, attribute(attributes.fingerprint, sum)])
  return Buffer.concat([header(body.byteLength), body])
}
