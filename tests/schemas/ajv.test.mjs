// SPDX-License-Identifier: Apache-2.0
//
// The generated JSON Schema, held against ours by ajv: on the examples and on
// thousands of changed ones, ajv and `yisong validate` must agree whether a
// letter keeps to the schema. And the command line around it.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Ajv2020 from 'ajv/dist/2020.js'

const yisong = process.env.YISONG
const examples = join(process.env.YISONG_SOURCE, 'tests/data/messages')
const run = (...args) => spawnSync(yisong, args, { encoding: 'utf8', maxBuffer: 1 << 28 })

let folder
let validate
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'yisong-ajv-'))
  const schema = JSON.parse(execFileSync(yisong, ['schema', 'json'], { encoding: 'utf8' }))
  validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema)
})
after(() => rmSync(folder, { recursive: true, force: true }))

const read = (name) => JSON.parse(readFileSync(join(examples, name), 'utf8'))
const names = readdirSync(examples).filter((name) => name.endsWith('.json'))

// A small generator with a seed, so that a failure can be seen again.
const random = (seed) => () => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 8) / 0x1000000
}

// Every place in a letter, as [holder, key].
const places = (value, found = []) => {
  if (value === null || typeof value !== 'object') return found
  for (const key of Object.keys(value)) {
    found.push([value, key])
    places(value[key], found)
  }
  return found
}

const values = [
  null, true, false, 0, -1, 1.5, 7, '', ' ', 'x', 'red', '1', '-1', '01', '1.5', '1e3', '3.1234567',
  '案', 'a\nb', ' a', 'a ', '\ta', '2026-11-21', '2026-13-01', '2026-11-21T17:00:00+08:00',
  '2026-11-21T17:00:00', '2026-11-21T24:00:00Z', 'A-1', 'none', '../x', '.x', 'a/b', [], {}, ['x'], { x: 1 },
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'x'.repeat(201), '案'.repeat(200),
  '案'.repeat(201), '𠮷'.repeat(200), 'y'.repeat(20001), 9007199254740991
]

// Changes one to three things in place.
const change = (letter, next) => {
  const pick = (list) => list[Math.floor(next() * list.length)]
  for (let n = 1 + Math.floor(next() * 3); n > 0; n--) {
    const all = places(letter)
    if (all.length === 0) break
    const [holder, key] = pick(all)
    const kind = Math.floor(next() * 5)
    if (kind === 0 && !Array.isArray(holder)) delete holder[key]
    else if (kind === 1 && !Array.isArray(holder)) holder[pick(['unknown', 'kind', 'a b', 'note', 'reason'])] = pick(values)
    else if (kind === 2 && Array.isArray(holder)) holder.push(structuredClone(holder[key]))
    else if (kind === 3 && Array.isArray(holder)) holder.splice(Number(key), 1)
    else holder[key] = structuredClone(pick(values))
  }
  return letter
}

// What message.xsd says; types of the catalogue and the manifest ask for more.
const beyondTheSchema = /^(required in a |must be \S+ in a |no such file in the manifest|this file name is listed twice)/
const keepsToSchema = (line) => {
  const told = JSON.parse(line)
  if (told.code !== 'OK' && told.mistakes.length === 0) return false
  return !told.mistakes.some((m) => m.code === 'NOT_VALID' && !beyondTheSchema.test(m.en))
}

const judge = (files) => {
  const { stdout, stderr } = run('validate', '--json', ...files)
  const lines = stdout.trimEnd().split('\n')
  assert.equal(lines.length, files.length, stderr)
  return lines
}

test('ajv accepts every example', () => {
  assert.equal(names.length, 14)
  for (const name of names) assert.ok(validate(read(name)), name + JSON.stringify(validate.errors))
})

test('ajv and yisong agree on changed letters', () => {
  const next = random(7)
  const letters = Array.from({ length: 4000 }, (_, i) => change(read(names[i % names.length]), next))
  const files = letters.map((letter, i) => join(folder, `${i}.json`))
  letters.forEach((letter, i) => writeFileSync(files[i], JSON.stringify(letter)))
  const counts = { true: 0, false: 0 }
  for (let at = 0; at < files.length; at += 1000)
    judge(files.slice(at, at + 1000)).forEach((line, i) => {
      const letter = letters[at + i]
      const expected = validate(letter)
      assert.equal(keepsToSchema(line), expected, `${line}\n${JSON.stringify(validate.errors)}\n${JSON.stringify(letter)}`)
      counts[expected]++
    })
  assert.ok(counts.true > 200 && counts.false > 2000, JSON.stringify(counts))
})

test('a letter survives both ways through the command line', () => {
  for (const name of names) {
    const xml = join(folder, 'letter.xml')
    const json = join(folder, 'letter.json')
    writeFileSync(xml, run('convert', '--to', 'xml', join(examples, name)).stdout)
    const back = run('convert', '--to', 'json', xml)
    assert.equal(back.status, 0, back.stderr)
    assert.deepEqual(JSON.parse(back.stdout), read(name))
    writeFileSync(json, back.stdout)
    assert.equal(run('convert', '--to', 'xml', json).stdout, readFileSync(xml, 'utf8'))
  }
})

test('both encodings of a bad letter tell the same places', () => {
  const letter = read('criminal-case-transfer.json')
  letter.header.urgency = 'soon'
  letter.body.caseTransfer.handlers.pop()
  letter.body.caseTransfer.measurements[1].value = 'high'
  delete letter.body.caseTransfer.materials[0].name
  letter.body.caseTransfer.suspects.unit[0].nickname = 'x'
  const json = join(folder, 'bad.json')
  const xml = join(folder, 'bad.xml')
  writeFileSync(json, JSON.stringify(letter))
  const text = (value, name) =>
    Array.isArray(value) ? value.map((v) => `<${name}>${inside(v)}</${name}>`).join('') : `<${name}>${inside(value)}</${name}>`
  const items = {
    charges: 'charge', handlers: 'handler', measurements: 'measurement', evidence: 'item', legalBasis: 'provision',
    materials: 'material', exhibits: 'exhibit', attachments: 'attachment'
  }
  const inside = (value) => {
    if (typeof value !== 'object') return String(value)
    return Object.entries(value)
      .map(([key, v]) => (items[key] && Array.isArray(v) ? `<${key}>${text(v, items[key])}</${key}>` : text(v, key)))
      .join('')
  }
  writeFileSync(xml, `<message xmlns="urn:yisong:message:1">${inside(letter)}</message>`)
  const [first, second] = judge([json, xml]).map((line) => JSON.parse(line).mistakes.map((m) => `${m.code} ${m.path} ${m.en}`).sort())
  assert.deepEqual(first, second)
  assert.equal(first.length, 5)
})

test('validate names file, line, code and place, and its exit status tells', () => {
  const good = join(examples, 'refusal.xml')
  const bad = join(folder, 'bad-line.xml')
  writeFileSync(bad, readFileSync(good, 'utf8').replace('<urgency>normal', '<urgency>soon'))
  const { status, stdout } = run('validate', good, bad)
  assert.equal(status, 1)
  assert.match(stdout, /refusal\.xml: valid\n/)
  assert.match(stdout, /bad-line\.xml:11: NOT_VALID: \/message\/header\/urgency: must be one of: normal, /)
  assert.equal(run('validate', good).status, 0)
  assert.equal(run('validate').status, 2)
  assert.equal(run('validate', join(folder, 'nothing.xml')).status, 2)
})

test('validate speaks Chinese where the reader does', () => {
  const { stdout } = spawnSync(yisong, ['validate', join(examples, 'refusal.xml')], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'zh_CN.UTF-8' }
  })
  assert.match(stdout, /有效/)
})

test('the printed XSD is the one in the source', () => {
  assert.equal(run('schema', 'xsd').stdout, readFileSync(join(process.env.YISONG_SOURCE, 'schemas/message.xsd'), 'utf8'))
  assert.equal(run('schema', 'yaml').status, 2)
})

test('convert refuses what is not valid and what has no name', () => {
  const bad = join(folder, 'empty.json')
  writeFileSync(bad, '{"header":{"id":"1"}}')
  const refused = run('convert', '--to', 'xml', bad)
  assert.equal(refused.status, 1)
  assert.equal(refused.stdout, '')
  assert.match(refused.stderr, /NOT_VALID: \/message\/body/)
  assert.equal(run('convert', '--to', 'yaml', bad).status, 2)
  assert.equal(run('convert', bad).status, 2)
})
