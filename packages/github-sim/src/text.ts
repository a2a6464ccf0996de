import { pick, type Random } from './seed.ts'

const problems = ['Crash', 'Wrong total', 'Endless spinner', 'Missing focus ring', 'Slow first load', 'Duplicate entry']
const actions = ['opening the settings', 'renaming a project', 'pasting an image', 'switching the theme', 'signing in']
const conditions = ['on Windows', 'with an empty profile', 'behind a proxy', 'after an update', 'in a narrow window']
const verbs = ['Fix', 'Document', 'Simplify', 'Speed up', 'Test', 'Remove', 'Rework']
const things = ['the parser', 'the retry loop', 'the settings page', 'date handling', 'the build', 'error messages']
const remarks = [
  'I can reproduce this with the latest release.',
  'Thanks for the report! Could you share the log?',
  'Same here.\r\n\r\nIt started two days ago.',
  'A fix is on its way: "quoted", {braces}, [brackets] and a \\ backslash \u{1f389}'
]

/** A title such as a bug report's. */
export function issueTitle(random: Random): string {
  return `${pick(random, problems)} when ${pick(random, actions)} ${pick(random, conditions)}`
}

/** A title such as a commit's or a pull request's. */
export function changeTitle(random: Random): string {
  return `${pick(random, verbs)} ${pick(random, things)}`
}

export function remark(random: Random): string {
  return pick(random, remarks)
}

/** A bug report; some carry text that breaks careless JSON handling. */
export function issueBody(random: Random): string {
  return `### What happens\r\n\r\n${remark(random)}\r\n\r\n### Steps\r\n\r\n1. Start\r\n2. ${pick(random, actions)}\r\n`
}
