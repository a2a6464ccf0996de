import { useLayoutEffect, useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'ghmesh dashboard theme'

const kept = (): Theme => themes.find((theme) => theme === lastingTexts.read(key)) ?? 'system'

/** The theme that was chosen, for this visit and the next. */
export function useTheme() {
  const [theme, setTheme] = useState(kept)
  // Before anything else can happen: a page that is reloaded at once has kept it.
  useLayoutEffect(() => {
    lastingTexts.keep(key, theme)
    document.documentElement.dataset.theme = theme
  }, [theme])
  return { theme, setTheme }
}
