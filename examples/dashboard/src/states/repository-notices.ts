import { isHidden } from '../github/answer.ts'
import type { Expanded, Group } from '../github/groups.ts'
import type { Notice } from './notices.ts'

/** `isEntry`: it is shown under its own name, and not because a group has it. */
export const missingNotice = (
  repository: string,
  { isEntry, hasToken }: { isEntry: boolean; hasToken: boolean }
): Notice => ({
  id: `missing ${repository}`,
  tone: 'problem',
  title: `${repository} was not found`,
  text: `Check the spelling. A private repository is visible only with a token that can read it${hasToken ? '; perhaps yours cannot' : ''}.`,
  actions: [
    ...(isEntry ? [{ label: `Remove ${repository}`, action: `remove ${repository}` } as const] : []),
    { label: hasToken ? 'Change the token' : 'Add a token', action: 'settings' }
  ]
})

/** The address stands for more repositories than this page shows. */
export const tooManyNotices = ({ names, total }: Pick<Expanded, 'names' | 'total'>): Notice[] =>
  total > names.length
    ? [
        {
          id: 'too-many',
          tone: 'warning',
          title: `${names.length} of ${total.toLocaleString('en')} repositories are shown`,
          text: 'This page shows no more at once. The address still has all of them: remove some to see the next ones.',
          actions: []
        }
      ]
    : []

/** Groups of which there is more than is shown, or nothing. */
export const groupNotices = (groups: readonly Group[], hasToken: boolean): Notice[] =>
  groups.flatMap(({ entry, answer }): Notice[] => {
    const removal = { label: `Remove ${entry}`, action: `remove ${entry}` } as const
    if (isHidden(answer)) {
      const title = `${entry} was not found`
      return [{ id: `group ${entry}`, tone: 'problem', title, text: 'Check the spelling.', actions: [removal] }]
    }
    if (!answer?.isMore) return []
    const count = answer.data?.length ?? 0
    const lately = entry.startsWith('topic:') ? 'changed' : 'pushed to'
    return [
      {
        id: `group ${entry}`,
        tone: 'warning',
        title: `${entry} has more than ${count} repositories`,
        text: `This page shows the ${count} that were ${lately} last${hasToken ? '' : ', of those that are public'}.`,
        actions: []
      }
    ]
  })
