import { useLayoutEffect } from 'preact/compat'
import { iconOf, titleOf } from '../board/attention.ts'

/** Says in the tab how many things need attention; also in one that is hidden, where an effect may wait a minute for its timer. */
export function usePageTitle(count: number): void {
  useLayoutEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    document.title = titleOf(count)
    if (icon) icon.href = iconOf(count)
    return () => {
      document.title = titleOf(0)
      if (icon) icon.href = iconOf(0)
    }
  }, [count])
}
