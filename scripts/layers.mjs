/**
 * The layer rule as an ESLint configuration: which folders of src each folder may import, and which packages
 * are restricted to certain files. `shared` imports only itself; `renderer` and `preload` import `shared`; in
 * `main`, hosts import `lab` and `transport`; `lab` imports the folders below it; these import neither one
 * another nor anything above them. Within the window, a zone imports only the zones below it, and a screen
 * imports no other screen.
 *
 * test/layers.test.ts shows that violations are reported.
 */
import fs from 'node:fs';
import path from 'node:path';
import importX from 'eslint-plugin-import-x';

const root = path.resolve(import.meta.dirname, '..');

/** Folders of hosts: the parts of one whose file would be too long, and what hosts share. */
const hosts = ['host', 'desktop', 'browser', 'terminal'];

/**
 * The other folders of src/main except the lab import only `shared`; so does a new folder until it is listed
 * here.
 */
const siblings = fs
  .readdirSync(path.join(root, 'src', 'main'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'lab' && !hosts.includes(entry.name))
  .map((entry) => entry.name);

const main = (/** @type {string} */ name) => `./src/main/${name}`;

/**
 * The zones of the window, the lowest first. Zones of one level do not import one another.
 * test/layers.test.ts fails for a new folder of src/renderer until it is listed here.
 */
export const windowLevels = [
  ['assets', 'paraglide', 'public'],
  ['plot', 'transport', 'ui'],
  ['i18n'],
  ['charts'],
  ['app'],
  ['parts'],
  ['screens'],
];

const screens = fs
  .readdirSync(path.join(root, 'src', 'renderer', 'screens'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const windowZones = [
  ...windowLevels.flatMap((level, height) =>
    level.map((zone) => ({
      target: `./src/renderer/${zone}`,
      from: './src/renderer',
      except: [zone, ...windowLevels.slice(0, height).flat()].map((name) => `./${name}`),
      message: `src/renderer/${zone} may import only itself and the zones below it (scripts/layers.mjs).`,
    })),
  ),
  ...screens.map((screen) => ({
    target: `./src/renderer/screens/${screen}`,
    from: './src/renderer/screens',
    except: [`./${screen}`],
    message: 'A screen imports no other screen: what two of them share is in src/renderer/app, parts or ui.',
  })),
];

const zones = [
  ...windowZones,
  {
    target: './src/shared',
    from: './src',
    except: ['./shared'],
    message: 'src/shared is what every side speaks: it may import only src/shared.',
  },
  {
    target: './src/renderer',
    from: './src',
    except: ['./renderer', './shared'],
    message:
      'The window may import only src/renderer and src/shared; the rest is reached by calls of src/shared/api/api.ts.',
  },
  {
    target: './src/preload',
    from: './src',
    except: ['./preload', './shared'],
    message: 'The preload may import only electron and src/shared.',
  },
  {
    target: ['./src/main/*.ts', ...hosts.map(main)],
    from: ['./src/renderer', './src/preload', ...siblings.filter((name) => name !== 'transport').map(main)],
    message: 'Hosts are wiring only: they may import src/main/lab, src/main/transport and src/shared.',
  },
  // There are two zones because a zone's `from` holds either folders or patterns.
  ...[['./src/renderer', './src/preload', './src/main/transport', ...hosts.map(main)], './src/main/*.ts'].map(
    (from) => ({
      target: './src/main/lab',
      from,
      message: 'The lab knows no host, no transport and no window.',
    }),
  ),
  ...siblings.map((name) => ({
    target: main(name),
    from: './src',
    except: [`./main/${name}`, './shared'],
    message: `src/main/${name} may import only itself and src/shared; what it exchanges with its siblings is in src/shared.`,
  })),
];

/**
 * Packages that only some files may import, so that everything else works without them, and a change of the
 * package affects one place.
 * @type {{ packages: string[], allowed: string[], message: string }[]}
 */
const owned = [
  {
    packages: ['@tensorflow/tfjs-node'],
    allowed: ['src/main/engine/native/session.ts', 'src/main/engine/graph/savedModel.ts'],
    message:
      'Only src/main/engine/native/session.ts and src/main/engine/graph/savedModel.ts may touch tfjs-node.',
  },
  {
    packages: ['chart.js', 'chartjs-plugin-annotation', 'chartjs-plugin-zoom'],
    allowed: ['src/renderer/charts/**', 'src/renderer/plot/**'],
    message: 'Only src/renderer/plot and src/renderer/charts may touch Chart.js.',
  },
  {
    packages: ['electron'],
    allowed: [
      'src/main/desktop*.ts',
      'src/main/desktop/**',
      'src/preload/**',
      'src/main/transport/electron.ts',
    ],
    message: 'Only the desktop host and the preload may touch electron: everything else must run without it.',
  },
  {
    packages: ['better-sqlite3'],
    allowed: ['src/main/history/**'],
    message: 'Only src/main/history may touch SQLite.',
  },
];

/** Selectors of no-restricted-syntax for every way to import a package or a file inside it. */
const selectors = (/** @type {typeof owned} */ owners) =>
  owners.flatMap(({ packages, message }) => {
    const names = packages.map((name) => name.replaceAll('/', '\\u002F').replaceAll('.', '\\.')).join('|');
    const pattern = `/^(${names})(\\u002F|$)/`;
    return [
      `:matches(ImportDeclaration, ImportExpression, ExportNamedDeclaration, ExportAllDeclaration)[source.value=${pattern}]`,
      `CallExpression[callee.name='require'][arguments.0.value=${pattern}]`,
    ].map((selector) => ({ selector, message }));
  });

/** @type {import('eslint').Linter.Config[]} */
export const layerConfigs = [
  {
    files: ['src/**/*.{ts,svelte}'],
    // The plugin's types are written for another version of ESLint's.
    plugins: { 'import-x': /** @type {any} */ (importX) },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: root, zones }],
      'no-restricted-syntax': ['error', ...selectors(owned)],
    },
  },
  // A later configuration replaces a rule's options: an owner's files keep all restrictions except their own.
  ...owned.map((owner) => ({
    files: owner.allowed,
    rules: {
      'no-restricted-syntax': /** @type {any} */ ([
        'error',
        ...selectors(owned.filter((other) => other !== owner)),
      ]),
    },
  })),
];
