/** Equal faults end equally, whichever command meets them: 2 where the command line is wrong, 1 where it is right and cannot be done. */
import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTerminal } from '../src/main/terminal/program.ts';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';
import { Written } from './support/written.ts';

let home: string;
beforeAll(async () => {
  home = temporaryFolder();
  const lab = await openLab(home);
  await lab.call('runs.start', { runs: [fakeRun()] });
  await reached(lab, 1, 'finished');
  await lab.close();
  writeFileSync(join(home, 'small.json'), JSON.stringify(smallNet));
  writeFileSync(join(home, 'broken.json'), '{');
  writeFileSync(join(home, 'damaged.safetensors'), 'garbage');
});
afterAll(() => removeFolder(home));

/** A net for images of another size than the data set's. */
const smallNet = {
  name: 'small',
  input: { height: 8, width: 8, channels: 1 },
  layers: [{ type: 'flatten' }, { type: 'linear', units: 10 }],
};

async function codeOf(command: readonly string[]): Promise<number> {
  const args = command.map((word) => word.replace('HOME', home));
  return runTerminal(
    {
      ...{ stdout: new Written(), stderr: new Written(), env: {}, platform: 'linux' },
      ...{
        signals: new EventEmitter(),
        kill: () => undefined,
        loadAhead: () => undefined,
        renderer: '',
        doctor: '/nowhere',
      },
      createLab: () => openLab(home),
    },
    args,
  );
}

const faults: readonly [fault: string, code: number, commands: readonly (readonly string[])[]][] = [
  [
    'a misspelt option',
    2,
    [
      ['runs', '--jsn'],
      ['train', 'course', '--epoch', '2'],
      ['compare', '1', '2', '--bst'],
    ],
  ],
  [
    'a value out of range',
    2,
    [
      ['train', 'course', '--epochs', '0'],
      ['sweep', 'course', '--epochs', '0'],
      ['runs', '--limit', '0'],
      ['sweep', 'course', '--set', 'epochs=0'],
    ],
  ],
  [
    'a name, tag or note that cannot be',
    2,
    [
      ['tag', '1', '--add', 'a,b'],
      ['note', '1', 'x'.repeat(30_000)],
      ['train', 'course', '--name', ' '],
    ],
  ],
  [
    'a net that there is not',
    2,
    [
      ['train', 'cours'],
      ['sweep', 'cours'],
      ['import', 'HOME/damaged.safetensors', '--network', 'cours'],
    ],
  ],
  [
    'a file that is not there',
    2,
    [
      ['train', 'HOME/no.json'],
      ['sweep', 'HOME/no.json'],
      ['train', 'HOME/no.py'],
      ['import', 'HOME/no.pt', '--network', 'course'],
      ['verify', 'HOME/no'],
    ],
  ],
  [
    'a net that cannot be',
    2,
    [
      ['train', 'HOME/broken.json'],
      ['sweep', 'HOME/broken.json'],
    ],
  ],
  [
    'a net that does not fit the data set',
    2,
    [
      ['train', 'HOME/small.json'],
      ['sweep', 'HOME/small.json'],
    ],
  ],
  [
    'a data set that there is not',
    2,
    [
      ['train', 'course', '--dataset', 'mnst'],
      ['sweep', 'course', '--dataset', 'mnst'],
    ],
  ],
  [
    'a filter that cannot be read',
    2,
    [
      ['runs', 'accuracy >'],
      ['runs', '('],
      ['runs', 'acuracy > 9'],
    ],
  ],
  [
    'a run that there is not',
    1,
    [
      ['show', '7'],
      ['resume', '7'],
      ['tag', '7', '--add', 'a'],
      ['delete', '7'],
      ['archive', '7'],
      ['compare', '1', '7'],
      ['evaluate', '7'],
      ['export', '7', '--format', 'npz', '--out', 'HOME/out'],
    ],
  ],
  [
    'a sweep that there is not',
    1,
    [
      ['sweeps', '7'],
      ['sweep-resume', '7'],
    ],
  ],
  ['a file that is damaged', 1, [['import', 'HOME/damaged.safetensors', '--network', 'course']]],
];

describe.each(faults)('%s: %d', (_, code, commands) => {
  test.each(commands.map((command) => [command]))('%j', async (command) => {
    expect(await codeOf(command)).toBe(code);
  });
});
