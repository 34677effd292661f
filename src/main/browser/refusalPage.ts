/** The page for a visitor with the right port but no credential, in both languages; it reveals no secrets. */
import { createHash } from 'node:crypto';

const style =
  'body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem}' +
  'h1{font-size:1.4rem}code{font-size:.95em;white-space:nowrap}';

export type Refusal = 'token' | 'host' | 'origin';

const texts: Record<Refusal, readonly [english: string, chinese: string]> = {
  token: [
    'This browser does not have the key to this lab. When Stride starts, it prints an address in its terminal that ends ' +
      'with <code>/?token=…</code> – open that whole address once. Each address opens one browser, once: press Enter in ' +
      'that terminal for another one.',
    '此浏览器没有打开该实验室的密钥。Stride 启动时会在终端里显示一个以 <code>/?token=…</code> 结尾的地址——' +
      '请完整打开该地址一次。每个地址只能使用一次：在该终端里按回车键即可得到新地址。',
  ],
  host: [
    'Stride answers only under this machine’s own names. Use <code>127.0.0.1</code> or <code>localhost</code> in the ' +
      'address; from another machine, go through an SSH tunnel.',
    'Stride 只响应本机名称。请在地址中使用 <code>127.0.0.1</code> 或 <code>localhost</code>；' +
      '若从其他计算机访问，请使用 SSH 隧道。',
  ],
  origin: [
    'Another site asked Stride for something, and was refused. Open the address that Stride printed in its terminal.',
    '另一个网站向 Stride 发出了请求，已被拒绝。请打开 Stride 在终端里显示的地址。',
  ],
};

export function refusalPage(refusal: Refusal): string {
  const [english, chinese] = texts[refusal];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Stride</title><style>${style}</style></head>
<body><h1>Stride</h1><p>${english}</p><p lang="zh-CN">${chinese}</p></body></html>
`;
}

/** Allows this page's one style sheet and nothing else. */
export const refusalPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
