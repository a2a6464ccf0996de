import type { Announce, AnnounceOptions } from './announce.ts'

/** Without a group: what is doubted is hidden from other viewers here. */
export const announceToNobody = ({ hide, visibility }: Pick<AnnounceOptions, 'hide' | 'visibility'>): Announce => ({
  share: async () => ({ state: 'nothing' }),
  settle: async () => {},
  doubt: (_request, repository) => void hide(visibility.namesOf(repository)),
  isPublic: async () => false,
  idle: async () => {}
})
