import { meetWhereAllowed } from './local-network.ts'

describe('a page from the Internet and a relay in the local network', () => {
  meetWhereAllowed({ host: () => '127.0.0.2' })
})
