import { useLayoutEffect, useRef, useState } from 'preact/compat'
import type { AttentionItem } from '../board/attention.ts'
import { keysOf, newAmong } from '../board/set-aside.ts'
import { lastingTexts } from '../storage.ts'

const key = 'ghmesh dashboard notifications'
/** More at once become one. */
const maxAtOnce = 3

const isAllowed = () => 'Notification' in window && Notification.permission === 'granted'

/**
 * Notifications of what begins to need attention while the reader is elsewhere. Only for those who switched them on, and not for
 * what the page finds when it is opened (`isLoaded` false until then).
 */
export function useNotifications(items: readonly AttentionItem[], isLoaded: boolean) {
  const [isOn, setOn] = useState(() => isAllowed() && lastingTexts.read(key) === 'on')
  const before = useRef<Set<string>>(undefined)
  // Not a plain effect: in a hidden tab that may wait a minute for its timer.
  useLayoutEffect(() => {
    const known = before.current
    if (isLoaded) before.current = keysOf(items)
    if (!isOn || !known || document.hasFocus()) return
    const found = newAmong(items, known)
    if (found.length > maxAtOnce) new Notification('Team dashboard', { body: `${found.length} things need attention` })
    else for (const { title, about, key: tag } of found) new Notification(title, { body: about, tag })
  }, [items, isOn, isLoaded])

  const set = async (on: boolean) => {
    const isGranted = on && 'Notification' in window && (await Notification.requestPermission()) === 'granted'
    lastingTexts.keep(key, isGranted ? 'on' : 'off')
    setOn(isGranted)
  }
  return { isOn, set, isPossible: 'Notification' in window && Notification.permission !== 'denied' }
}
