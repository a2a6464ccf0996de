import type { Mesh } from 'ghmesh'
import { useMemo } from 'preact/compat'
import { divide } from '../board/set-aside.ts'
import { type Board, useStableList } from '../board/use-board.ts'
import { useMarks } from '../mesh/use-marks.ts'
import { useNotifications } from './use-notifications.ts'
import { usePageTitle } from './use-page-title.ts'

export type TeamAttention = ReturnType<typeof useAttention>

/**
 * What needs attention, without what the team has set aside; told in the page's title and by notifications, too. Not before
 * rows are shown (`hasRows`).
 */
export function useAttention(board: Board, mesh: Mesh | undefined, now: number, hasRows: boolean) {
  const { attention, me } = board
  const watched = useStableList(attention.map(({ key }) => key))
  const { marks, mark } = useMarks(mesh, watched)
  const divided = useMemo(() => divide(attention, marks, me, now), [attention, marks, me, now])
  usePageTitle(divided.needing.length)
  return { ...divided, mark, notifications: useNotifications(divided.needing, board, hasRows) }
}
