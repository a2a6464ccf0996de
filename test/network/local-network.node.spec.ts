import { meetWhereAllowed } from '../embedding/local-network.ts'
import { world } from './world.ts'

// Else a page that came over https may not connect by `ws://`, except to its own machine.
describe('a page that came over https from the Internet, and a relay without TLS at a private address', () => {
  const here = world([])
  meetWhereAllowed({ host: () => here.lab.hub, https: true })
})
