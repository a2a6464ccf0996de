import { transportContract } from '../src/contract/index.ts'
import { memoryHub, memoryTransport } from '../src/transport/memory.ts'

describe('memoryTransport', () => {
  const suite = transportContract({
    group: (count) => {
      const hub = memoryHub()
      return Array.from({ length: count }, () => memoryTransport(hub))
    }
  })
  for (const { name, run } of suite) it(name, run)
})
