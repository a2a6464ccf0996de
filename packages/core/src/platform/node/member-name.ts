import { hostname } from 'node:os'
import type { Platform } from '../platform.ts'

/** Not longer than members take a name to be: with a longer one, nobody would understand what this member says. */
export const memberName: Platform['memberName'] = () => hostname().slice(0, 128)
