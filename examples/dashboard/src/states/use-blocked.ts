import { useEffect, useState } from 'preact/compat'

/** True once the content security policy of this page has stopped a request to the API. */
export function useBlocked(apiUrl: string): boolean {
  const [isBlocked, setBlocked] = useState(false)
  useEffect(() => {
    const look = ({ blockedURI }: SecurityPolicyViolationEvent) => {
      if (blockedURI.startsWith(new URL(apiUrl).origin)) setBlocked(true)
    }
    document.addEventListener('securitypolicyviolation', look)
    return () => document.removeEventListener('securitypolicyviolation', look)
  }, [apiUrl])
  return isBlocked
}
