import { unlessLate } from '../abort.ts'

const nextAddressMs = 250

/** Tries one address after another, the next when one fails or is slow. Rejects when all have failed. */
export async function firstReached(
  addresses: readonly string[],
  dial: (address: string) => Promise<unknown>
): Promise<void> {
  const underWay: Promise<unknown>[] = []
  for (const address of addresses) {
    const dialled = dial(address)
    underWay.push(dialled)
    const isReached = await unlessLate(
      dialled.then(
        () => true,
        () => false
      ),
      nextAddressMs
    )
    if (isReached) return
  }
  await Promise.any(underWay)
}
