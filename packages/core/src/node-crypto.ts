interface Digest {
  update(bytes: Uint8Array): Digest
  digest(): Uint8Array
}
interface Encryption {
  setAAD(bytes: Uint8Array): void
  update(bytes: Uint8Array): Uint8Array
  final(): Uint8Array
}
/** Of Node's crypto, what is used here. */
interface NodeCrypto {
  createHash(name: 'sha256'): Digest
  createSecretKey(bytes: Uint8Array): object
  createHmac(name: 'sha256', key: object): Digest
  createCipheriv(...how: Aes): Encryption & { getAuthTag(): Uint8Array }
  createDecipheriv(...how: Aes): Encryption & { setAuthTag(tag: Uint8Array): void }
}
type Aes = [name: 'aes-256-gcm', key: object, nonce: Uint8Array, options: { authTagLength: 16 }]
type MaybeNode = { process?: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto | undefined } }

/**
 * Node's own crypto, where there is one: it answers at once. WebCrypto goes to another thread and back, which takes ten times
 * as long as what is done there where it is done to a few kilobytes. Not imported: browsers have only WebCrypto.
 */
export const nodeCrypto = (globalThis as MaybeNode).process?.getBuiltinModule?.('node:crypto')
