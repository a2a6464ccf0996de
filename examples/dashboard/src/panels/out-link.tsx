import type { ReactNode } from 'preact/compat'

/** A link to GitHub, in a new tab: leaving this page would leave the mesh. */
export function OutLink({ url, children }: { url: string; children: ReactNode }) {
  // A member can send any text as an address.
  if (!/^https?:\/\//i.test(url)) return <>{children}</>
  return (
    <a href={url} target="_blank" rel="noopener">
      {children}
    </a>
  )
}
