import { createMesh } from 'ghmesh'
import type { Answers } from './answer.ts'
import { createFeed } from './feed.ts'
import { recall } from './refresh.ts'

/**
 * What this browser holds of it, read without the part of the SDK that connects to members, which is most of the page's code
 * and has to be loaded first.
 */
export async function storedAnswers(
  apiUrl: string,
  entries: readonly string[],
  token: () => Promise<string | undefined>
): Promise<Answers> {
  const local = await createMesh({ apiUrl, token, networking: false })
  try {
    const feed = createFeed(local, apiUrl)
    await recall(feed, entries)
    return feed.answers()
  } finally {
    await local.stop()
  }
}
