import type { Entry } from '../entry.ts'
import { MeshError } from '../errors.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { AdmissionOptions, createAdmission } from './admission.ts'
import type { Admitted } from './admitted.ts'
import type { GuessEmpty } from './guess-empty.ts'

export interface LateAdmission {
  /** GitHub is being asked: what takes its answer will be needed. */
  expect(): void
  /** Takes a 200: checks it, stores it, and tells members what may be shared. Undefined when it is not kept. */
  admit(request: ApiRequest, answer: OriginAnswer): Promise<Admitted | undefined>
  /** Takes a 304 for an entry: renews it, stores it, and tells members. */
  refresh(request: ApiRequest, entry: Entry, answer: OriginAnswer): Promise<Admitted>
  guessEmpty: GuessEmpty
}

const notLoaded =
  'nothing is cached, for a part of ghmesh cannot be loaded: serve the files beside ghmesh.js, and reload the page; in a service worker, use "ghmesh/all"'

/**
 * What makes entries of GitHub's answers, loaded while GitHub is asked for the first time: a page that finds everything in its
 * cache needs none of it. Where it cannot be loaded, answers are handed on and not kept, and a warning says so: a page does
 * not try again until it is loaded anew (HTML standard, "module map"; so does Chromium).
 */
export function lateAdmission(options: AdmissionOptions): LateAdmission {
  type Admission = ReturnType<typeof createAdmission>
  let admission: Admission | undefined
  let loading: Promise<Admission | undefined> | undefined

  const loaded = () =>
    (loading ??= import('./admission.ts').then(
      ({ createAdmission }) => {
        admission = createAdmission(options)
        return admission
      },
      (cause) => {
        options.emit('warning', new MeshError('ERR_RUNTIME', notLoaded, { cause }))
        return undefined
      }
    ))

  return {
    expect: () => void loaded(),
    admit: async (request, answer) => (await loaded())?.admit(request, answer),
    refresh: async (request, entry, answer) => (await loaded())?.refresh(request, entry, answer) ?? { entry },
    guessEmpty: {
      // A guess needs an answer that has shown how ETags are made, and so what is loaded with the first one.
      etagFor: async (request) => admission?.guessEmpty.etagFor(request),
      take: async (request, guess, answer) => admission?.guessEmpty.take(request, guess, answer)
    }
  }
}
