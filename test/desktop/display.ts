/** A display without a screen: an X server of the tests' own, whose picture can be taken. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { ordinaryUser, userFolder } from './stage.ts';

export class Display {
  readonly name: string;
  readonly #server: ChildProcess;
  readonly #folder: string;

  private constructor(name: string, server: ChildProcess, folder: string) {
    this.name = name;
    this.#server = server;
    this.#folder = folder;
  }

  static async open(xvfb: string, { width = 1920, height = 1200 } = {}): Promise<Display> {
    const folder = userFolder('stride-display-');
    const server = spawn(
      xvfb,
      ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-fbdir', folder],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], ...ordinaryUser },
    );
    const number = await new Promise<string>((resolve, reject) => {
      server.stdio[3]?.on('data', (data: Buffer) => resolve(data.toString().trim()));
      server.on('error', reject);
      server.on('exit', (code) => reject(new Error(`Xvfb ended with ${String(code)}`)));
    });
    return new Display(`:${number}`, server, folder);
  }

  /** The whole screen, as a PNG. */
  picture(file: string): void {
    writeFileSync(file, pngOf(readFileSync(join(this.#folder, 'Xvfb_screen0'))));
  }

  /** At once; for the end of the process. */
  kill(): void {
    this.#server.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#server.on('exit', resolve));
    this.#server.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Xvfb keeps its picture as an XWD file (X11/XWDFile.h): a header of big-endian words, colours, then rows of BGRX. */
function pngOf(xwd: Buffer): Buffer {
  const word = (index: number) => xwd.readUInt32BE(4 * index);
  const [width, height, rowBytes] = [word(4), word(5), word(12)];
  const start = word(0) + 12 * word(19);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0, to = 0; y < height; y += 1) {
    to += 1; // filter: none
    for (let x = 0, from = start + y * rowBytes; x < width; x += 1, from += 4) {
      rows[to] = xwd[from + 2] as number;
      rows[to + 1] = xwd[from + 1] as number;
      rows[to + 2] = xwd[from] as number;
      to += 3;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
