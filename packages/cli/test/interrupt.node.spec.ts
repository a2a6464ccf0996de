import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

const module = JSON.stringify(new URL('../src/interrupt.ts', import.meta.url).href)

/** A process of its own that asks itself to stop, `times` times and so many milliseconds apart by its clock, and then cleans up. */
const run = (times: number, apartMs: number) =>
  promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { interruptible } from ${module}
     let [now, seen] = [0, 0]
     const work = async (signal) => {
       for (let n = 1; n <= ${times}; n++) {
         // Gone before anything else hears of it: who also listened would keep the process from ending.
         process.prependOnceListener('SIGINT', () => seen++)
         process.kill(process.pid, 'SIGINT')
         while (seen < n) await new Promise((resolve) => setTimeout(resolve, 1))
         now += ${apartMs}
       }
       console.log('cleaned up', signal.aborted)
     }
     await interruptible(work, () => now)`
  ])

describe('what SIGINT stops', () => {
  it('has its time to clean up', async () => {
    expect(await run(1, 0)).to.include({ stdout: 'cleaned up true\n' })
  })

  it('has it too where one Ctrl-C arrives twice: from the terminal, and passed on by npm', async () => {
    expect(await run(3, 300)).to.include({ stdout: 'cleaned up true\n' })
  })

  it('ends at once for whoever asks again', async () => {
    const error = await run(2, 1001).catch((error) => error)
    expect(error).to.include({ signal: 'SIGINT', stdout: '' })
  })
})
