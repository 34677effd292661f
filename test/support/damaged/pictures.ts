/** Damaged input: folders of pictures, archives, and a path that is not there. */
import { zipSync } from 'fflate';
import { type Kind, png, folderWith, tar, encrypted, trailer } from './kind.ts';

export const pictureKinds: readonly Kind[] = [
  {
    kind: 'pictures without folders of classes',
    code: 'dataset.no-class-folders',
    files: async () => ({ 'a/1.png': await png(), 'a/2.png': await png(2) }),
    names: '2',
  },
  {
    kind: 'a picture of no bytes',
    code: 'dataset.picture-empty',
    files: () => folderWith('b/3.png', ''),
    names: 'b/3.png',
  },
  {
    kind: 'a picture that is cut short',
    code: 'dataset.picture-damaged',
    files: async () => folderWith('b/3.png', trailer(await png(), 30)),
    names: 'b/3.png',
  },
  {
    kind: 'a text that is called a picture',
    code: 'dataset.picture-none',
    files: () => folderWith('b/3.png', 'no picture'),
    names: 'b/3.png',
  },
  {
    kind: 'a drawing (SVG) that is called a picture',
    code: 'dataset.picture-kind',
    files: () => folderWith('b/3.png', '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
    names: 'b/3.png',
  },
  {
    kind: 'a picture of 10,000 million pixels',
    code: 'dataset.picture-pixels',
    files: async () => {
      const huge = Buffer.from(await png());
      huge.writeUInt32BE(100_000, 16);
      huge.writeUInt32BE(100_000, 20);
      return folderWith('b/3.png', huge);
    },
    names: 'b/3.png',
  },
  {
    kind: 'a zip that is cut short',
    code: 'dataset.archive-damaged',
    files: () => ({ 'x.zip': trailer(zipSync({ 'a/1.png': new Uint8Array(90) }), 30) }),
    path: 'x.zip',
    names: 'x.zip',
  },
  {
    kind: 'a zip that is encrypted',
    code: 'dataset.archive-encrypted',
    files: () => ({ 'x.zip': encrypted() }),
    path: 'x.zip',
    names: 'a/1.png',
  },
  {
    kind: 'a zip with a member outside of it',
    code: 'dataset.archive-path',
    files: () => ({ 'x.zip': zipSync({ '../a/1.png': new Uint8Array(9) }) }),
    path: 'x.zip',
    names: '../a/1.png',
  },
  {
    kind: 'a tar with an absolute name',
    code: 'dataset.archive-path',
    files: async () => ({ 'x.tar': await tar({ name: '/a/1.png' }) }),
    path: 'x.tar',
    names: '/a/1.png',
  },
  {
    kind: 'a tar with a link',
    code: 'dataset.archive-link',
    files: async () => ({
      'x.tar': await tar({ name: 'a/1.png', type: 'symlink', linkname: '/etc/passwd' }),
    }),
    path: 'x.tar',
    names: 'a/1.png',
  },
  {
    kind: 'a path that is not there',
    code: 'dataset.not-there',
    files: () => ({}),
    path: 'nothing',
    names: 'nothing',
  },
];
