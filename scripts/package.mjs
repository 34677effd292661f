/**
 * npm run package: builds the packages of this platform into dist/. On Linux these are a folder, tar.gz and,
 * if Debian's tools are installed, deb. AppImage and the packages of macOS and Windows need files that
 * electron-builder downloads:
 *
 *     npm run package                                 what can be built from here
 *     npm run package -- --linux AppImage deb tar.gz  where GitHub can be reached
 *     npm run package -- --mac                        on macOS: dmg and zip
 *     npm run package -- --win                        on Windows: nsis and zip
 *     npm run package -- --test-runtime               with the Electron that the tests use, which is not the one that ships
 *     npm run package -- --output folder
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { packageFolder } from './setup/addon.mjs';
import { sizeBelow } from './setup/files.mjs';
import { isPrepared } from './setup/own-names.mjs';
import { packageConfig } from './package/config.mjs';
import { buildDeb } from './package/deb.mjs';
import { setUp } from './setup.mjs';

const args = process.argv.slice(2);
const take = (/** @type {string} */ name) => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const output = path.resolve(take('--output') ?? 'dist');
const testing = args.includes('--test-runtime');
const targets = args.filter((arg) => arg !== '--test-runtime');

const context = await setUp('package');
const deps = path.join(packageFolder(context), 'deps');
if (context.platform === 'linux' && !isPrepared(deps)) {
  process.stderr.write(
    'TensorFlow\'s library is not prepared for a desktop window; "npm run doctor" says what to do.\n',
  );
  process.exit(1);
}
const { testElectron } = context.state;
const shipped = path.join(context.modules, 'electron', 'dist');
const electron = JSON.parse(fs.readFileSync(path.join(context.modules, 'electron', 'package.json'), 'utf8'));
if (testing && !testElectron) {
  process.stderr.write(
    'There is no Electron for tests here: "node scripts/setup.mjs --for test" says why.\n',
  );
  process.exit(1);
}
const config = packageConfig({
  root: context.root,
  output,
  library: path.join(deps, 'lib'),
  ...(testing && testElectron
    ? {
        electronVersion: testElectron.version,
        electronDist: testElectron.runtime,
        sqlite: testElectron.sqlite,
      }
    : {
        electronVersion: electron.version,
        ...(fs.existsSync(path.join(shipped, 'version')) && { electronDist: shipped }),
      }),
});

const { build, Platform, Arch } = await import('electron-builder');
await build({ config, projectDir: context.root, publish: 'never', targets: wanted() });
if (context.platform === 'linux' && targets.length === 0) archiveFolder();
for (const name of fs.readdirSync(output).sort()) {
  const file = path.join(output, name);
  if (/\.(yml|yaml)$/.test(name)) continue;
  const bytes = fs.statSync(file).isDirectory() ? sizeBelow(file) : fs.statSync(file).size;
  process.stdout.write(
    `${String(Math.round(bytes / 1e6)).padStart(6)} MB  ${path.relative(process.cwd(), file)}\n`,
  );
}

/** Returns the requested targets, or those that can be built without fetching anything. */
function wanted() {
  const platforms = { '--linux': Platform.LINUX, '--mac': Platform.MAC, '--win': Platform.WINDOWS };
  const [first = '', ...names] = targets;
  const platform = platforms[/** @type {keyof typeof platforms} */ (first)];
  const arch = context.arch === 'arm64' ? Arch.arm64 : Arch.x64;
  if (platform) return platform.createTarget(names.length > 0 ? names : null, arch);
  if (context.platform !== 'linux') return Platform.current().createTarget(null, arch);
  return Platform.LINUX.createTarget(['dir'], arch);
}

/**
 * Makes tar.gz and deb of the built folder with the system's own tools, because electron-builder fetches some
 * for that.
 */
function archiveFolder() {
  const { version } = JSON.parse(fs.readFileSync(context.at('package.json'), 'utf8'));
  const folder = path.join(output, context.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
  const name = `stride-${version}-linux-${context.arch}`;
  const transform = `--transform=s,^${path.basename(folder)},${name},`;
  // Symbolic links keep their targets.
  const tar = [
    '--use-compress-program=gzip -3',
    '-cf',
    path.join(output, `${name}.tar.gz`),
    '-C',
    output,
    '--owner=0',
    '--group=0',
    transform.replace(/,$/, ',S'),
  ];
  const { status } = spawnSync('tar', [...tar, path.basename(folder)], { stdio: 'inherit' });
  if (status !== 0) throw new Error('tar failed');
  if (spawnSync('dpkg-deb', ['--version']).status !== 0) return;
  const arch = context.arch === 'arm64' ? 'arm64' : 'amd64';
  const entry = /** @type {Record<string, string>} */ (config.linux?.desktop?.entry);
  buildDeb({ folder, output, icons: context.at('resources', 'package', 'icons'), version, arch, entry });
}
