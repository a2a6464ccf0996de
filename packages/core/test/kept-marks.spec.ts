import { expect } from 'chai'
import { createKeptMarks } from '../src/cache/kept-marks.ts'
import { createPurges } from '../src/cache/purges.ts'
import { createApi } from '../src/github/api.ts'
import type { StoreRecord } from '../src/store/store.ts'

const url = 'https://api.github.com/repos/octo/tools/issues'

describe('marks that are kept in a store', () => {
  function setUp() {
    const records = new Map<string, StoreRecord>()
    const start = () => {
      const purges = createPurges(createApi(new URL('https://api.github.com')))
      const marks = createKeptMarks({
        base: purges.base,
        get: async (key) => records.get(key),
        put: async (key, record) => {
          records.set(key, record)
          return true
        },
        latest: () => 1000
      })
      return { purges, marks }
    }
    return { records, start }
  }

  it('are seen by another process, however often things were made stale before', async () => {
    const { start } = setUp()
    const { marks } = start()
    for (const [n, target] of ['a/a', 'octo/tools', 'b/b'].entries()) await marks.keep([target], n + 1)
    await Promise.all(['octo/tools', 'c/c'].map((target, n) => marks.keep([target], n + 10)))
    const other = start()
    const at = await Promise.all(other.purges.targetsOf(url).map(other.marks.at))
    expect(Math.max(...at)).to.equal(10)
  })

  it('are as many as a slow store can take: of more, the newest', async () => {
    const { records, start } = setUp()
    const { marks } = start()
    await marks.keep(
      Array.from({ length: 10_500 }, (_, n) => `octo/tool-${n}`),
      5
    )
    const kept = [...records.values()].flatMap(({ meta }) => Object.keys(meta.marks as object))
    expect(kept).to.include('octo/tool-500')
    expect(kept.filter((target) => Number(target.slice('octo/tool-'.length)) < 500)).to.deep.equal([])
  })
})
