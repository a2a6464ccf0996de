// The same in one file: a service worker cannot load more code later.
import { createMesh } from '/packages/core/dist/browser/all.js'
import { serve } from './worker-member.mjs'

serve(createMesh)
