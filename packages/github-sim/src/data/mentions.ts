import type { Issue } from '../model.ts'

/** Whether an issue or one of its comments names somebody with `@`. */
export function mentions({ body, comments }: Issue, login: string): boolean {
  const escaped = login.replace(/[^\w-]/g, String.raw`\$&`)
  const name = new RegExp(String.raw`(?<![\w@-])@${escaped}(?![\w-])`, 'i')
  return [body ?? '', ...comments.map((comment) => comment.body)].some((text) => name.test(text))
}
