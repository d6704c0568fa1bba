/**
 * `npm run reference`: reads what the sources say of themselves and writes it where the docs of the site show it. A
 * test says when that is out of date.
 * @module
 */
import { writeReference } from './reference/reference.ts'

writeReference()
