import { transportContract } from '../src/contract/index.ts'
import { memoryTransport } from '../src/transport/memory.ts'
import { memoryHub } from '../src/transport/memory-hub.ts'

describe('memoryTransport', () => {
  const suite = transportContract({
    group: (count) => {
      const hub = memoryHub()
      return Array.from({ length: count }, () => memoryTransport(hub))
    }
  })
  for (const { name, run } of suite) it(name, run)
})
