/**
 * Models as a person handles them: what runs here, loading, keeping, deleting, bringing in files; and
 * an answer whose form is asked for.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './accessible.ts'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'
import { root } from './processes.ts'

const folder = join(root, 'public/models/bobbin')

async function openModels(page: Page, siteUrl: string) {
  await page.goto(`${siteUrl}/models`)
  const ready = page.getByRole('region', { name: 'Ready to use' })
  return {
    ready,
    load: ready.getByRole('button', { name: 'Load here: Bobbin' }),
    state: ready.getByRole('status', { name: 'Bobbin' }),
    keptSection: page.getByRole('region', { name: 'Kept in this browser' }),
    kept: page.getByRole('list', { name: 'Kept models' }).getByRole('listitem'),
    remove: page.getByRole('button', { name: 'Delete Bobbin' }),
    import: page.getByRole('region', { name: 'From your files' }),
    imported: page.getByRole('status', { name: 'Import' }),
  }
}

/** The files of the folder that this site serves Bobbin from, absolute. */
async function filesOfBobbin(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

test('a model says that it runs here, is loaded, kept and deleted', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  const models = await openModels(page, siteUrl)
  await expect(models.ready).toContainText('Runs here (CPU)')
  await expect(models.ready).toContainText('2.9 MB to fetch')
  await expect(models.keptSection).toContainText('Nothing is kept yet')

  await test.step('a load can be cancelled', async () => {
    // The weights wait until the button has been pressed.
    const pressed = Promise.withResolvers<void>()
    await page.route('**/models/bobbin/onnx/**', async (route) => {
      await pressed.promise
      await route.abort()
    })
    await models.load.click()
    const cancel = models.ready.getByRole('button', { name: 'Cancel loading Bobbin' })
    await expect(models.ready.getByRole('progressbar')).toBeVisible()
    await cancel.press('Enter')
    await expect(models.load).toBeEnabled()
    await expect(models.load).toBeFocused()
    await expect(models.ready.getByRole('alert')).toHaveCount(0)
    pressed.resolve()
    await page.unrouteAll({ behavior: 'wait' })
  })

  await test.step('loaded, it is kept', async () => {
    await models.load.click()
    await expect(models.state).toHaveText('Loaded on this device (CPU)', { timeout: 60_000 })
    await expect(models.ready).toContainText('2.9 MB, kept in this browser')
    await expect(models.kept).toContainText('2.9 MB · used')
    await expect(models.keptSection).toContainText('Models take 2.9 MB')
  })

  await test.step('what is in use is not deleted', async () => {
    await models.remove.click()
    await expect(models.kept).toContainText('Delete 2.9 MB? It has to be fetched again.')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(models.remove).toBeFocused()
    await models.remove.click()
    await models.kept.getByRole('button', { name: 'Delete it' }).click()
    await expect(models.kept.getByRole('alert')).toContainText('This model is in use')
  })

  await test.step('a tab that does not use it deletes it', async () => {
    await page.reload()
    await models.remove.click()
    await models.kept.getByRole('button', { name: 'Delete it' }).click()
    await expect(models.keptSection).toContainText('Nothing is kept yet')
    await expect(models.ready).toContainText('2.9 MB to fetch')
  })
})

test('files of this device bring a model in; wrong ones are told apart', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  const models = await openModels(page, siteUrl)
  const files = page.getByTestId('files-input')

  await files.setInputFiles(join(root, 'README.md'))
  await expect(models.import.getByRole('alert')).toContainText(
    'These files are not of a model that this site knows.',
  )
  await files.setInputFiles(await filesOfBobbin())
  await expect(models.imported).toHaveText('Bobbin (q8) is kept in this browser.')
  await expect(models.import.getByRole('alert')).toHaveCount(0)
  await expect(models.kept).toContainText('imported')

  await test.step('then nothing of it is fetched', async () => {
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    await models.load.click()
    await expect(models.state).toContainText('Loaded on this device', { timeout: 60_000 })
    expect(fetched.filter((path) => path.startsWith('/models/bobbin/'))).toEqual([])
  })
})

test('a chosen folder brings a model in as its files do', async ({ newBrowserPage, siteUrl }) => {
  const page = await newBrowserPage()
  const models = await openModels(page, siteUrl)
  await page.getByTestId('folder-input').setInputFiles(folder)
  await expect(models.imported).toHaveText('Bobbin (q8) is kept in this browser.')
})

/** Makes the site offer two variants of Bobbin, and a model of vectors. */
async function offerMore(page: Page): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  const { thresholds: _, ...files } = manifest
  const knownAnswer = { text: 'A fox.', components: Array(8).fill(0.1), toleranceAbs: 0.001 }
  const manifests = {
    smaller: { ...manifest, dtype: 'q4' },
    vectors: { ...files, name: 'Sentences', task: 'embedding', knownAnswer },
  }
  const catalogue = JSON.parse(await readFile(join(folder, '../catalogue.json'), 'utf8'))
  const [bobbin, ...others] = catalogue.models
  const [variant] = bobbin.variants
  const from = (name: string) => ({ ...variant, manifest: `${name}/manifest.json` })
  const models = [
    { ...bobbin, variants: [variant, { ...from('smaller'), dtype: 'q4' }] },
    { ...bobbin, id: 'weft/sentences', name: 'Sentences', variants: [from('vectors')] },
    ...others,
  ]
  await page.route('**/models/catalogue.json', (route) =>
    route.fulfill({ json: { ...catalogue, models } }),
  )
  for (const [name, json] of Object.entries(manifests)) {
    await page.route(`**/models/${name}/manifest.json`, (route) => route.fulfill({ json }))
  }
}

test('variants are told apart; a model of vectors is named as one and never asked for an answer', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  await offerMore(page)
  const { ready } = await openModels(page, siteUrl)
  const loads = ready.getByRole('button', { name: 'Load here' })
  await expect(loads).toHaveCount(2)
  await expect(ready.getByRole('button', { name: 'Load here: Bobbin (q8)' })).toBeEnabled()
  await expect(ready.getByRole('button', { name: 'Load here: Bobbin (q4)' })).toBeEnabled()
  await expect(ready).toContainText('For vectors, not for chat')

  await page.goto(siteUrl)
  const choices = page.getByRole('combobox', { name: 'Model' }).getByRole('option')
  await expect(choices).toHaveText(['Bobbin (q8)', 'Bobbin (q4)'])
  await page.getByRole('link', { name: 'Contribute' }).click()
  await expect(choices).toHaveText(['Bobbin (q8)', 'Bobbin (q4)'])
})

test('a backend that was chosen is the one of the verdict', async ({ newBrowserPage, siteUrl }) => {
  const page = await newBrowserPage()
  await page.goto(`${siteUrl}/contribute`)
  await page.getByRole('combobox', { name: 'Backend' }).selectOption('WebGPU')
  await page.getByRole('link', { name: 'Models', exact: true }).click()
  const ready = page.getByRole('region', { name: 'Ready to use' })
  await expect(ready).toContainText('Does not run here. Needs a graphics device;')
  await expect(ready).toContainText('It runs on CPU, but WebGPU is chosen under Contribute.')
  await expect(ready.getByRole('button', { name: 'Load here: Bobbin' })).toBeDisabled()
})

test('an answer that has to be JSON is JSON; settings that cannot be used keep the prompt', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  await page.goto(siteUrl)
  const screen = playground(page)
  await screen.localOnly.click()
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('combobox', { name: 'Form of the answer' }).selectOption('JSON by a schema')
  const temperature = page.getByRole('spinbutton', { name: 'Temperature' })
  await temperature.fill('7')
  await screen.prompt.fill('What is 27 + 15?')
  await screen.prompt.press('Enter')
  await expect(page.getByText('Correct the marked settings first.')).toBeVisible()
  await expect(temperature).toBeFocused()
  await expect(temperature).toHaveAccessibleDescription('Expected a number from 0 to 2.')
  await expect(screen.prompt).toHaveValue('What is 27 + 15?')
  await expectAccessible(page)

  await temperature.fill('0')
  const schema = {
    type: 'object',
    properties: { sum: { type: 'integer', minimum: 0, maximum: 99 }, sure: { type: 'boolean' } },
    required: ['sum', 'sure'],
    additionalProperties: false,
  }
  await page.getByRole('textbox', { name: 'JSON Schema' }).fill(JSON.stringify(schema))
  await screen.ask('What is 27 + 15?')
  expect(await screen.ended()).toMatchObject({ finish: 'stop', where: 'local' })
  const answer = JSON.parse((await screen.answerText.textContent()) ?? '')
  expect(answer).toEqual({ sum: expect.any(Number), sure: expect.any(Boolean) })

  await test.step('the settings are there after a reload', async () => {
    await page.reload()
    await page.getByRole('button', { name: 'Settings: 2 changed' }).click()
    await expect(temperature).toHaveValue('0')
  })
})
