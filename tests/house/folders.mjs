// SPDX-License-Identifier: Apache-2.0
//
// Rules about the tree as a whole: a README in each folder, commands that are
// in the table and have their help, few entries at the top.

const commandFile = /^program\/(command_\w+)\.c$/;
const members = ['.name', '.chinese', '.english', '.example', '.run'];

export function checkReadmes(paths) {
  const folders = new Set(
    paths
      .filter((path) => path.includes('/') && !path.startsWith('.'))
      .map((path) => path.split('/')[0]),
  );
  return [...folders]
    .filter((folder) => !paths.includes(`${folder}/README.md`))
    .map((folder) => ({
      path: folder,
      code: 'README',
      text: 'the folder has no README.md',
    }));
}

export const mostAtTop = 30;

export function checkTop(paths) {
  const top = new Set(paths.map((path) => path.split('/')[0]));
  if (top.size <= mostAtTop) return [];
  const text = `${top.size} entries at the top, at most ${mostAtTop}`;
  return [{ path: '.', code: 'FOLDER', text }];
}

/** `read(path)` gives a file's text. */
export function checkCommands(paths, read) {
  const table = read('program/commands.def');
  return paths.filter((path) => commandFile.test(path)).flatMap((path) => {
    const text = read(path);
    const defined = [...text.matchAll(/^const struct command (\w+) = \{/gm)];
    const faults = defined
      .filter(([, name]) => !table.includes(`COMMAND(${name.replace('command_', '')})`))
      .map(([, name]) => `${name} is not in program/commands.def`);
    for (const [, name] of defined) {
      const body = text.slice(text.indexOf(`const struct command ${name} = {`));
      const own = body.slice(0, body.indexOf('\n};'));
      members
        .filter((member) => !own.includes(`${member} =`))
        .forEach((member) => faults.push(`${name} has no ${member}`));
    }
    return faults.map((fault) => ({ path, code: 'COMMAND', text: fault }));
  });
}
