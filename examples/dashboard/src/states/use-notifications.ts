import { useLayoutEffect, useRef, useState } from 'preact/compat'
import type { AttentionItem } from '../board/attention.ts'
import { type Known, knownOf, newAmong } from '../board/set-aside.ts'
import type { Board } from '../board/use-board.ts'
import { lastingTexts } from '../storage.ts'

const key = 'ghmesh dashboard notifications'
/** More at once become one. */
const maxAtOnce = 3

const isAllowed = () => 'Notification' in window && Notification.permission === 'granted'

/** False where the browser shows none for a page. Chrome for Android has the constructor, but only for service workers. */
function notify(title: string, options: NotificationOptions): boolean {
  try {
    new Notification(title, options)
    return true
  } catch {
    return false
  }
}

/**
 * Notifications of what begins to need attention while the reader is elsewhere. Only for those who switched them on, and not for
 * what the page finds when it is opened (`isLoaded` false until then), or could not load until now.
 */
export function useNotifications(
  items: readonly AttentionItem[],
  { repositories, me }: Pick<Board, 'repositories' | 'me'>,
  isLoaded: boolean
) {
  /** `on`, `off`, or `impossible`, which is known at the first try. */
  const [choice, setChoice] = useState(() => lastingTexts.read(key))
  const isOn = choice === 'on' && isAllowed()
  const before = useRef<Known>(undefined)
  // Not a plain effect: in a hidden tab that may wait a minute for its timer.
  useLayoutEffect(() => {
    const known = before.current
    if (isLoaded) before.current = knownOf(items, repositories, me)
    if (!isOn || !known || document.hasFocus()) return
    const found = newAmong(items, known)
    const isPossible =
      found.length > maxAtOnce
        ? notify('Team dashboard', { body: `${found.length} things need attention` })
        : found.every(({ title, about, key: tag }) => notify(title, { body: about, tag }))
    if (isPossible) return
    lastingTexts.keep(key, 'impossible')
    setChoice('impossible')
  }, [items, repositories, me, isOn, isLoaded])

  const set = async (on: boolean) => {
    const isGranted = on && 'Notification' in window && (await Notification.requestPermission()) === 'granted'
    const chosen = isGranted ? 'on' : 'off'
    lastingTexts.keep(key, chosen)
    setChoice(chosen)
  }
  const isPossible = 'Notification' in window && Notification.permission !== 'denied' && choice !== 'impossible'
  return { isOn, set, isPossible }
}
