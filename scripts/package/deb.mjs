/**
 * Builds a Debian package of the built folder with Debian's own dpkg-deb. electron-builder can build one too,
 * with a tool that it fetches from GitHub; this is for machines that cannot reach it. The program is
 * installed in /opt/Stride, as Electron's packages are.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sizeBelow } from '../setup/files.mjs';

/** Packages that Electron depends on, with the names of Debian 12 and Ubuntu 22.04. */
const depends = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnotify4',
  'libnss3',
  'libxss1',
  'libxtst6',
  'xdg-utils',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libuuid1',
  'libsecret-1-0',
];

/**
 * @param {object} options
 * @param {string} options.folder the program's folder, as electron-builder has built it
 * @param {string} options.output
 * @param {string} options.icons
 * @param {string} options.version
 * @param {string} options.arch as Debian names it
 * @param {Record<string, string>} options.entry of the desktop entry
 * @returns {string} the package's file
 */
export function buildDeb({ folder, output, icons, version, arch, entry }) {
  const root = path.join(output, '.deb');
  fs.rmSync(root, { recursive: true, force: true });
  const at = (/** @type {string[]} */ ...parts) => {
    const file = path.join(root, ...parts);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return file;
  };
  execFileSync('cp', ['-al', folder, at('opt', 'Stride')]);
  const lines = Object.entries({
    Type: 'Application',
    Exec: '/opt/Stride/stride %F',
    Icon: 'stride',
    StartupWMClass: 'Stride',
    Categories: 'Education;Science;',
    ...entry,
  }).map(([key, value]) => `${key}=${value}`);
  fs.writeFileSync(
    at('usr', 'share', 'applications', 'stride.desktop'),
    `[Desktop Entry]\n${lines.join('\n')}\n`,
  );
  for (const name of fs.readdirSync(icons)) {
    const size = path.parse(name).name;
    fs.copyFileSync(
      path.join(icons, name),
      at('usr', 'share', 'icons', 'hicolor', size, 'apps', 'stride.png'),
    );
  }
  fs.mkdirSync(path.dirname(at('usr', 'bin', 'stride')), { recursive: true });
  fs.symlinkSync('/opt/Stride/stride', at('usr', 'bin', 'stride'));
  const control = [
    'Package: stride',
    `Version: ${version}`,
    `Architecture: ${arch}`,
    'Maintainer: Stride <stride@localhost>',
    `Installed-Size: ${Math.ceil(sizeBelow(folder) / 1024)}`,
    `Depends: ${depends.join(', ')}`,
    'Section: science',
    'Priority: optional',
    'Description: A lab for small convolutional nets',
    ' Build a net, train it on this computer, and compare the runs. Offline.',
  ];
  fs.writeFileSync(at('DEBIAN', 'control'), `${control.join('\n')}\n`);
  // The sandbox's helper becomes setuid root on systems where unprivileged user namespaces are not available.
  fs.writeFileSync(
    at('DEBIAN', 'postinst'),
    '#!/bin/sh\nset -e\nchown root:root /opt/Stride/chrome-sandbox\nchmod 4755 /opt/Stride/chrome-sandbox\n',
    { mode: 0o755 },
  );
  const file = path.join(output, `stride_${version}_${arch}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', root, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  fs.rmSync(root, { recursive: true, force: true });
  return file;
}
