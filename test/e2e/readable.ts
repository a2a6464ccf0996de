import type { Page } from 'playwright-core'

/** What somebody with other eyes would stumble over, each as a line that names the place. */
export type Findings = string[]

/** Texts that are cut, lie over each other, or have no room to be read in. */
export const crowded = (page: Page): Promise<Findings> =>
  page.evaluate(() => {
    interface Piece {
      text: string
      layer: Element
      box: DOMRect
    }
    const layers = 'dialog, aside, .saved-views-list, body'
    const isHidden = (element: Element) =>
      element.closest('.visually-hidden, .skip-link, details:not([open]) > :not(summary)') !== null ||
      !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    /** What is left of it where ancestors scroll; those that cut for good are told by `cut`. */
    const inView = (box: DOMRect, element: Element, cut: (by: Element) => void): DOMRect | undefined => {
      let { left, top, right, bottom } = box
      for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
        const { overflowX, overflowY, contain, display } = getComputedStyle(at)
        if (display === 'inline') continue
        const outer = at.getBoundingClientRect()
        const clips = overflowX === 'hidden' || overflowX === 'clip' || /content|paint|strict/.test(contain)
        if (
          clips &&
          (left < outer.left - 1 || right > outer.right + 1 || top < outer.top - 1 || bottom > outer.bottom + 1)
        )
          cut(at)
        if (overflowY !== 'visible' || overflowX !== 'visible') {
          left = Math.max(left, outer.left)
          top = Math.max(top, outer.top)
          right = Math.min(right, outer.right)
          bottom = Math.min(bottom, outer.bottom)
        }
      }
      return right - left > 1 && bottom - top > 1 ? new DOMRect(left, top, right - left, bottom - top) : undefined
    }
    const found: string[] = []
    const nameOf = (element: Element) => `${element.localName}.${element.getAttribute('class') ?? ''}`
    const pieces: Piece[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) {
      const node = walk.currentNode
      const element = node.parentElement as Element
      const text = node.textContent?.trim() ?? ''
      if (text === '' || isHidden(element) || element.closest('option, script, textarea')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const button = element.closest('button, summary, .tag, .label')?.getBoundingClientRect()
      for (const box of range.getClientRects()) {
        if (button && (box.left < button.left - 1 || box.right > button.right + 1 || box.bottom > button.bottom + 2))
          found.push(`"${text}" runs out of ${nameOf(element)}`)
        const left = inView(box, element, (by) => found.push(`"${text}" is cut by ${nameOf(by)}`))
        if (left) pieces.push({ text, layer: element.closest(layers) ?? document.body, box: left })
      }
    }
    pieces.forEach((one, index) => {
      for (const other of pieces.slice(index + 1)) {
        if (one.layer !== other.layer || one.text === other.text) continue
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        // Boxes of neighbouring lines share what no letter reaches.
        if (across > 2 && down > 0.4 * Math.min(one.box.height, other.box.height))
          found.push(`"${one.text}" and "${other.text}" lie over each other`)
      }
    })
    for (const element of document.querySelectorAll('.panel-body, .repositories-body, .members-list, .events')) {
      // A table with columns may, by WCAG 1.4.10.
      if (element.scrollWidth > element.clientWidth + 1 && !element.querySelector('table') && !isHidden(element))
        found.push(`${nameOf(element)} scrolls sideways`)
      const lines = element.clientHeight / (1.45 * Number.parseFloat(getComputedStyle(document.body).fontSize))
      if (element.scrollHeight > element.clientHeight + 1 && lines < 4 && !isHidden(element))
        found.push(`${nameOf(element)} scrolls in ${lines.toFixed(1)} lines`)
    }
    return [...new Set(found)]
  })

/** What only a colour tells. The colours of the page are gone by now: forced colours are on. */
export const toldByColour = (page: Page): Promise<Findings> =>
  page.evaluate(() => {
    const found: string[] = []
    const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true })
    for (const element of document.querySelectorAll<HTMLElement>(
      '[data-state], [data-source], [data-standing], [data-tone], [data-reason], li[data-answerer]'
    )) {
      if (isShown(element) && !/[\p{L}\p{N}]/u.test(element.innerText ?? '')) found.push(element.outerHTML)
    }
    const lookOf = (element: Element) => {
      const { backgroundColor, borderWidth, borderStyle, borderColor, outlineStyle, fontWeight, textDecorationLine } =
        getComputedStyle(element)
      return [
        backgroundColor,
        borderWidth,
        borderStyle,
        borderColor,
        outlineStyle,
        fontWeight,
        textDecorationLine
      ].join()
    }
    for (const pressed of document.querySelectorAll('[aria-pressed="true"]')) {
      const others = [...(pressed.closest('fieldset, ul')?.querySelectorAll('[aria-pressed="false"]') ?? [])]
      if (isShown(pressed) && others.some((other) => lookOf(other) === lookOf(pressed)))
        found.push(`"${pressed.textContent}" looks as if it were not pressed`)
    }
    return found
  })

/** What the Tab key leads to without showing where it is. Goes once around, at most so many steps. */
export async function unseenFocus(page: Page, steps: number): Promise<Findings> {
  const found: Findings = []
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press('Tab')
    const unseen = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return undefined
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
      const around = getComputedStyle(document.body).backgroundColor
      const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && outlineColor !== around
      return isSeen ? undefined : `${element.outerHTML.slice(0, 120)}: ${outlineStyle} ${outlineWidth} ${outlineColor}`
    })
    if (unseen !== undefined) found.push(unseen)
  }
  return found
}

/** What moves or would move. */
export const moving = (page: Page): Promise<Findings> =>
  page.evaluate(() => {
    const found = document
      .getAnimations()
      .flatMap(({ playState, effect }) =>
        playState === 'running' ? [`runs: ${((effect as KeyframeEffect).target as Element)?.className}`] : []
      )
    for (const element of document.querySelectorAll('*')) {
      for (const pseudo of [undefined, '::before', '::after']) {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element, pseudo)
        if (/[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth')
          found.push(`${element.localName}.${element.className}${pseudo ?? ''}`)
      }
    }
    return [...new Set(found)]
  })
