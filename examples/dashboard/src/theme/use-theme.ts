import { useLayoutEffect, useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'ghmesh dashboard theme'

const kept = (): Theme => themes.find((theme) => theme === lastingTexts.read(key)) ?? 'system'

/** The theme that was chosen, for this visit and the next. */
export function useTheme() {
  const [theme, setTheme] = useState(kept)
  // At once: Preact's other effects wait for a frame, and a page that is reloaded before has kept nothing.
  useLayoutEffect(() => {
    lastingTexts.keep(key, theme)
    document.documentElement.dataset.theme = theme
  }, [theme])
  return { theme, setTheme }
}
