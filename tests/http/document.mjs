// SPDX-License-Identifier: Apache-2.0
//
// What openapi.json says of an answer, checked with ajv: the status must stand
// there, with this media type, and the body must keep to the schema.
import assert from 'node:assert/strict';

import Ajv2020 from 'ajv/dist/2020.js';

const matches = (pattern, path) =>
  new RegExp(`^${pattern.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);

/** (method, path, status, media type, body): throws if it is not documented. */
export function makeChecker(document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', ...document });
  const follow = (node) =>
    node?.$ref
      ? node.$ref.slice(2).split('/').reduce((at, name) => at[name], document)
      : node;

  return (method, path, status, type, json) => {
    const plain = path.split('?')[0];
    const pattern = Object.keys(document.paths).find((one) => matches(one, plain));
    const operation = document.paths[pattern]?.[method.toLowerCase()];
    if (!operation) {
      assert.ok([404, 405].includes(status), `${method} ${path}: ${status}`);
      return;
    }
    const response = follow(operation.responses[status]);
    assert.ok(response, `${method} ${pattern}: ${status} is not documented`);
    if (!response.content) {
      assert.equal(type, '');
      return;
    }
    const content = response.content[type] ?? response.content['*/*'];
    assert.ok(content, `${method} ${pattern} ${status}: ${type} is not documented`);
    if (json === undefined) return;
    const validate = ajv.compile({
      ...content.schema,
      ...(content.schema.$ref && { $ref: `document${content.schema.$ref}` }),
    });
    assert.ok(validate(json), `${method} ${path}: ${ajv.errorsText(validate.errors)}`);
  };
}
