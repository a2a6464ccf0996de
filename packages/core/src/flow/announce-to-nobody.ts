import type { Announce, AnnounceOptions } from './announce.ts'
import { hide } from './hide.ts'

/** Without a group: what is doubted is hidden from other viewers here. */
export const announceToNobody = ({ cache, visibility }: Pick<AnnounceOptions, 'cache' | 'visibility'>): Announce => ({
  share: async () => ({ state: 'nothing' }),
  settle: async () => {},
  doubt: (_request, repository) => void hide(cache, visibility.namesOf(repository)).catch(() => {}),
  isPublic: async () => false,
  idle: async () => {}
})
