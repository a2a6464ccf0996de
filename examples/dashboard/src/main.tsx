import { render } from 'preact/compat'
import { App } from './app.tsx'
import { closeByEscape, keepFocus } from './focus.ts'
import { apiUrlOf, defaultApiUrl, isApiUrl, takeSecret } from './start/address.ts'
import { WrongApi } from './start/wrong-api.tsx'
import './theme/index.css'

const apiUrl = apiUrlOf(location.search)
// Before anything is shown, so that the secret stands in the address bar as briefly as can be.
takeSecret(isApiUrl(apiUrl) ? apiUrl : defaultApiUrl)
keepFocus(document)
closeByEscape(document)
render(
  isApiUrl(apiUrl) ? <App apiUrl={apiUrl} /> : <WrongApi apiUrl={apiUrl} />,
  document.getElementById('root') as HTMLElement
)
