/** The page around the net: its style, its texts in both languages, and drawing with mouse, pen or finger. */

export const pageStyle = `
:root { color-scheme: light dark; --ink: #1a1c20; --paper: #f6f7f9; --card: #fff; --line: #c9ced6; --mark: #1b63c5; --soft: #5a626e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --paper: #15171b; --card: #1f2228; --line: #3c424c; --mark: #6aa6ff; --soft: #a4acb8; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 760px; margin: 0 auto; padding: 16px; }
header { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
h1 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 4px 0 12px; color: var(--soft); }
.columns { display: grid; gap: 20px; grid-template-columns: minmax(0, 340px) minmax(0, 1fr); }
@media (max-width: 640px) { .columns { grid-template-columns: minmax(0, 1fr); } }
canvas { width: 100%; background: #000; border: 1px solid var(--line); border-radius: 8px; touch-action: none; display: block; cursor: crosshair; }
.controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-top: 10px; }
button, .file { font: inherit; min-height: 44px; padding: 8px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; cursor: pointer; }
button:focus-visible, input:focus-visible, canvas:focus-visible, .file:focus-within { outline: 3px solid var(--mark); outline-offset: 2px; }
label.check { display: inline-flex; gap: 8px; align-items: center; min-height: 44px; }
input[type=checkbox] { width: 20px; height: 20px; accent-color: var(--mark); }
.file input { position: absolute; opacity: 0; width: 1px; height: 1px; }
output { display: block; font-size: 1.5rem; font-weight: 600; min-height: 2.25rem; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: 2px 4px; text-align: left; font-weight: 400; }
td:last-child { text-align: right; width: 4.5em; }
th { white-space: nowrap; max-width: 9em; overflow: hidden; text-overflow: ellipsis; }
.bar { height: 12px; border-radius: 3px; background: var(--mark); min-width: 1px; }
tr.best th, tr.best td { font-weight: 600; }
`;

export const pageBody = `<main>
<header><h1 id="name"></h1><button id="language" type="button"></button></header>
<p id="about"></p>
<div class="columns">
<section>
<canvas id="drawing" role="img" tabindex="0"></canvas>
<div class="controls">
<button id="clear" type="button"></button>
<label class="file"><span id="open"></span><input id="file" type="file" accept="image/*"></label>
<label class="check"><input id="centre" type="checkbox"><span id="centreText"></span></label>
</div>
</section>
<section>
<output id="answer" for="drawing" aria-live="polite"></output>
<table><tbody id="classes"></tbody></table>
</section>
</div>
</main>`;

export const pageScript = `'use strict';
const words = {
  en: { other: '中文', clear: 'Clear', open: 'Open an image', centre: 'Centre the drawing', draw: 'Draw here with a mouse, a pen or a finger',
    empty: 'Draw something', about: (m) => 'A net for ' + m.dataset + ', trained by Stride (run ' + m.run.id + ', epoch ' + m.run.epoch + '). Everything is computed on this page.' },
  zh: { other: 'English', clear: '清除', open: '打开图像', centre: '居中', draw: '用鼠标、触控笔或手指在此绘制',
    empty: '画点什么吧', about: (m) => '用于 ' + m.dataset + ' 的网络，由 Stride 训练（训练 ' + m.run.id + '，第 ' + m.run.epoch + ' 轮）。所有计算都在本页面内完成。' },
};
const $ = (id) => document.getElementById(id);
const { height, width, channels } = model.input;
let language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
const scale = Math.max(1, Math.round(336 / Math.max(height, width)));
const canvas = $('drawing');
canvas.width = width * scale;
canvas.height = height * scale;
const pen = canvas.getContext('2d', { willReadFrequently: true });
// Digits are written in the middle of their images; other pictures fill theirs.
$('centre').checked = /mnist/i.test(model.dataset) && !/fashion/i.test(model.dataset);

const rows = model.classes.map((name) => {
  const row = document.createElement('tr');
  const title = document.createElement('th');
  title.scope = 'row';
  title.textContent = name;
  const middle = document.createElement('td');
  const bar = document.createElement('div');
  bar.className = 'bar';
  middle.append(bar);
  const share = document.createElement('td');
  row.append(title, middle, share);
  $('classes').append(row);
  return { row, bar, share };
});

function say() {
  const text = words[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  $('name').textContent = model.name;
  $('language').textContent = text.other;
  $('language').lang = language === 'zh' ? 'en' : 'zh-CN';
  $('clear').textContent = text.clear;
  $('open').textContent = text.open;
  $('centreText').textContent = text.centre;
  $('about').textContent = text.about(model);
  canvas.setAttribute('aria-label', text.draw);
  look();
}

function isEmpty() {
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) if (data[i] || data[i + 1] || data[i + 2]) return false;
  return true;
}

// The drawing's box, enlarged or reduced to 20 of 28 parts of the image, with its centre of mass in the middle, as in MNIST.
function centred() {
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  let top = canvas.height, left = canvas.width, bottom = -1, right = -1, sum = 0, x = 0, y = 0;
  for (let r = 0; r < canvas.height; r += 1)
    for (let c = 0; c < canvas.width; c += 1) {
      const value = data[(r * canvas.width + c) * 4];
      if (!value) continue;
      top = Math.min(top, r); bottom = Math.max(bottom, r); left = Math.min(left, c); right = Math.max(right, c);
      sum += value; x += value * c; y += value * r;
    }
  if (bottom < 0) return canvas;
  const factor = ((20 / 28) * canvas.width) / Math.max(bottom - top + 1, right - left + 1);
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  context.fillRect(0, 0, copy.width, copy.height);
  context.translate(copy.width / 2, copy.height / 2);
  context.scale(factor, factor);
  context.drawImage(canvas, -x / sum, -y / sum);
  return copy;
}

// Each pixel of the net's image is the mean of those of the canvas that it covers.
function pixels() {
  const source = $('centre').checked ? centred() : canvas;
  const { data } = source.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const result = new Float32Array(channels * height * width);
  for (let r = 0; r < height; r += 1)
    for (let c = 0; c < width; c += 1) {
      const sums = [0, 0, 0];
      for (let i = 0; i < scale; i += 1)
        for (let j = 0; j < scale; j += 1) {
          const at = ((r * scale + i) * canvas.width + c * scale + j) * 4;
          for (let k = 0; k < 3; k += 1) sums[k] += data[at + k];
        }
      const mean = sums.map((each) => each / (255 * scale * scale));
      const grey = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
      for (let k = 0; k < channels; k += 1) result[(k * height + r) * width + c] = channels === 3 ? mean[k] : grey;
    }
  return result;
}

function look() {
  if (isEmpty()) {
    $('answer').textContent = words[language].empty;
    for (const { row, bar, share } of rows) { row.className = ''; bar.style.width = '0'; share.textContent = ''; }
    return;
  }
  const all = shares(predict(pixels()));
  const best = all.indexOf(Math.max(...all));
  $('answer').textContent = model.classes[best];
  rows.forEach(({ row, bar, share }, i) => {
    row.className = i === best ? 'best' : '';
    bar.style.width = 100 * all[i] + '%';
    share.textContent = (100 * all[i]).toFixed(1) + ' %';
  });
}

let last = null;
let waiting = false;
function lookSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; look(); });
}
function place(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
}
function stroke(event) {
  const [x, y] = place(event);
  pen.strokeStyle = '#fff';
  pen.lineWidth = (canvas.width * 2) / 28;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(...(last || [x, y]));
  pen.lineTo(x, y);
  pen.stroke();
  last = [x, y];
  lookSoon();
}
canvas.addEventListener('pointerdown', (event) => {
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  last = null;
  stroke(event);
});
canvas.addEventListener('pointermove', (event) => {
  if (event.buttons && last) for (const each of event.getCoalescedEvents ? event.getCoalescedEvents() : [event]) stroke(each);
});
for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { last = null; });
function clear() {
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  look();
}
$('clear').addEventListener('click', clear);
$('centre').addEventListener('change', look);
$('language').addEventListener('click', () => { language = language === 'zh' ? 'en' : 'zh'; say(); });
$('file').addEventListener('change', async () => {
  const [file] = $('file').files;
  if (!file) return;
  const image = await createImageBitmap(file);
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const fit = Math.min(canvas.width / image.width, canvas.height / image.height);
  pen.drawImage(image, (canvas.width - image.width * fit) / 2, (canvas.height - image.height * fit) / 2, image.width * fit, image.height * fit);
  $('file').value = '';
  look();
});
clear();
say();
`;
