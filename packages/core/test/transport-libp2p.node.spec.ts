import { transportContract } from '../src/contract/index.ts'
import { libp2pTransport } from '../src/platform/node/node.ts'

describe('libp2pTransport over TCP on loopback', () => {
  const suite = transportContract({
    group: (count) => Array.from({ length: count }, () => libp2pTransport({ listenPort: 0, forceLocalhost: true }))
  })
  for (const { name, run } of suite) it(name, run)
})
