import { expect } from 'chai'
import { concat } from '../src/bytes.ts'
import { openGroup } from '../src/group/group.ts'
import { createSecret } from '../src/group/secret.ts'

describe('sealing: bytes as transports hand them over', () => {
  it('opens a view into a larger buffer, with the counter it was sealed with', async () => {
    const group = await openGroup(createSecret(), Date.now, 1000)
    await group.sealGossip(new Uint8Array(1), 'sender')
    const sealed = await group.sealGossip(new Uint8Array(10), 'sender')
    // Like Node's Buffer: a slice of it is another view of the same memory.
    class View extends Uint8Array {
      override slice(start?: number, end?: number) {
        return this.subarray(start, end) as Uint8Array<ArrayBuffer>
      }
    }
    const large = concat(new Uint8Array(100), sealed)
    const opened = await group.openGossip(new View(large.buffer, 100), 'sender')
    expect(opened?.counter).to.equal(1)
  })
})
