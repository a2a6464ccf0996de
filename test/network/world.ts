import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { cli } from '../support/commands.ts'
import { createLab, type Lab } from './lab.ts'

/** Machines on one switch and a GitHub that all of them reach, for the tests of one `describe`. */
export function world(machines: readonly string[]) {
  let lab: Lab
  let github: GitHub
  before(async () => {
    lab = createLab(machines, cli)
    github = await startGitHub({ host: lab.hub, secondaryLimits: false })
  })
  after(async () => {
    await lab?.end()
    await github?.stop()
  })
  return {
    get lab() {
      return lab
    },
    get github() {
      return github
    }
  }
}
