import { useCallback, useLayoutEffect, useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'
import { namesView, readView, type View, viewParameters, withView } from './view.ts'

const key = 'ghmesh dashboard view'
/** A search that has been written. */
const settledMs = 300

/** What is shown: as the address says, else as at the last visit. Kept in both. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [view, setView] = useState(() => {
    const parameters = new URLSearchParams(location.search)
    return readView(namesView(parameters) ? parameters : new URLSearchParams(lastingTexts.read(key) ?? ''))
  })
  // At once: Preact's other effects wait for a frame, and a page that is reloaded before has kept nothing.
  useLayoutEffect(() => {
    lastingTexts.keep(key, viewParameters(view).toString())
    // Browsers refuse an address that changes with every letter: Safari allows 100 changes in 30 s.
    const timer = setTimeout(() => {
      const url = withView(new URL(location.href), view)
      // Names of repositories read better as they are.
      url.search = url.search.replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
      if (url.href !== location.href) history.replaceState(null, '', url)
    }, settledMs)
    return () => clearTimeout(timer)
  }, [view])
  return [view, useCallback((change) => setView((before) => ({ ...before, ...change })), [])]
}
