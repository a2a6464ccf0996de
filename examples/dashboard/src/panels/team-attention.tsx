import type { Board } from '../board/use-board.ts'
import type { View } from '../board/view.ts'
import type { TeamAttention as Team } from '../states/use-attention.ts'
import { Attention } from './attention.tsx'
import { ItemActions, SetAside } from './item-actions.tsx'

interface TeamAttentionProps {
  team: Team
  board: Board
  view: View
  change(change: Partial<View>): void
  /** Milliseconds since the epoch, to the minute. */
  now: number
}

/** What needs attention, and what the team does about it. */
export function TeamAttention({ team, board: { me, certainty }, view, change, now }: TeamAttentionProps) {
  const { needing, aside, own, mark, notifications } = team
  return (
    <Attention
      items={needing}
      certainty={certainty}
      now={now}
      days={view.days}
      setDays={(days) => change({ days })}
      choose={(only) => change({ only })}
      actionsOf={(item) =>
        me !== undefined && mark && <ItemActions item={item} me={me} isOwn={own.has(item.key)} mark={mark} />
      }
    >
      <SetAside aside={aside} me={me} {...(mark && { mark })} />
      {notifications.isPossible && (
        <label className="check quiet">
          <input
            type="checkbox"
            checked={notifications.isOn}
            onChange={(event) => void notifications.set(event.currentTarget.checked)}
          />
          Notify me while I’m in another tab or window
        </label>
      )}
    </Attention>
  )
}
