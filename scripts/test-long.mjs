// The tests with [long] in their titles: the walks through the dashboard, crowds of thousands, attacks, and the model's longer
// run. `npm run test:long -- boards` runs these only. No root, no other tools.
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { mocha, runNamed } from './suites.mjs'
import { root } from './tools.mjs'

const files = globSync('{packages/*,relay}/test/**/*.node.spec.ts', { cwd: root })
  .concat(globSync('test/**/*.node.spec.ts', { cwd: root }))
  .filter((file) => readFileSync(join(root, file), 'utf8').includes('[long]'))
  .sort()
const long = (wanted) => mocha('--fgrep', '[long]', ...wanted)
const walks = files.filter((file) => file.startsWith('test/e2e/'))
// About half of what the walks take, so that they fill two lanes.
const boards = walks.filter((file) => /attention|many|repositories|team|truth/.test(file))

// A page that is too busy to wait for members asks GitHub, and some walks count what GitHub was asked: so no more than cores.
await runNamed(
  [
    ['boards', ...long(boards)],
    ['walks', ...long(walks.filter((file) => !boards.includes(file)))],
    ['crowds', ...long(files.filter((file) => !walks.includes(file)))]
  ],
  { atOnce: availableParallelism() }
)
