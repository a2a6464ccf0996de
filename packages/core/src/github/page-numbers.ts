import { changed, type PageLinks, pageOf, type Relation, relations } from './links.ts'

export type PageNumbers = { [relation in Relation]?: number | undefined }

/** The page numbers of links, for members of a version that knows nothing else. */
export function pageNumbers(links: PageLinks, asked: URL): PageNumbers {
  const pages: PageNumbers = {}
  for (const rel of relations) if (links[rel]) pages[rel] = pageOf(changed(asked, links[rel]))
  return pages
}

/** The links that page numbers stand for. */
export const numberedLinks = (pages: PageNumbers): PageLinks =>
  Object.fromEntries(Object.entries(pages).map(([rel, page]) => [rel, { page: String(page) }]))
