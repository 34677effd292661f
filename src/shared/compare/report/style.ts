/** The style of a report: the window's colours in both themes, and no colour in print. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f5f2, #121316); --card: light-dark(#ffffff, #1a1b1f); --inset: light-dark(#f1f1ee, #24262b);
  --line: light-dark(#dededa, #2d2f36); --line-control: light-dark(#8b8c90, #6d707a);
  --ink: light-dark(#1b1c1f, #ececef); --ink-2: light-dark(#53565d, #abaeb6); --ink-3: light-dark(#63666d, #92959e);
  --accent: light-dark(#4a42b8, #a39df5);
  --run-1: light-dark(#2f72d0, #4d8ade); --run-2: light-dark(#e87141, #ec6532); --run-3: light-dark(#035635, #61e7ac);
  --run-4: light-dark(#bc4891, #b6688f); --run-5: light-dark(#726901, #f0bc25); --run-6: light-dark(#309dd5, #92b3cb);
  --run-7: light-dark(#190f12, #e9f8ff);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
section { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; }
.muted { color: var(--ink-2); } .verdict { font-size: 1.15rem; font-weight: 600; }
.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; }
thead th { color: var(--ink-2); font-size: .85rem; } .number { text-align: right; } .zero { color: var(--ink-3); }
caption { text-align: left; font-weight: 600; } .matrix th, .matrix td { padding: .1rem .4rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; max-width: 100%; } figure svg { max-width: 100%; height: auto; }
figcaption { color: var(--ink-2); font-size: .85rem; }
.legend, .images { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; list-style: none; }
.images li { display: flex; flex-direction: column; align-items: center; width: 9rem; font-size: .75rem; text-align: center; }
.images img { image-rendering: pixelated; }
@media print { body { background: #fff; } main { max-width: none; padding: 0; } section { break-inside: avoid-page; border: 0; padding: 0; }
  :root { color-scheme: light; } .scroll { overflow: visible; } }
`;
