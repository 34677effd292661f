/** The window's colours, in the real Electron: its theme and its accent are the system's. */
import { Desktop } from './desktop.ts';
import { userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ timeout: 300_000 });

const desktop = new Desktop();
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

const main = () => desktop.program.main!;

test('@all light and dark follow the system', async () => {
  // Playwright sets every page it drives to light, unless it is told not to.
  await desktop.page.emulateMedia({ colorScheme: null });
  const ground = () => desktop.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const choose = (theme: 'light' | 'dark' | 'system') =>
    main().evaluate(({ nativeTheme }, theme: 'light' | 'dark' | 'system') => {
      nativeTheme.themeSource = theme;
    }, theme);
  await choose('light');
  const light = await ground();
  await choose('dark');
  await expect.poll(ground).not.toBe(light);
  await choose('system');
});

test('@all the accent is the system’s, and readable whatever it is', async () => {
  const accents = [
    'ff0000ff',
    'ff8c00ff',
    'ffe600ff',
    '3cb371ff',
    '00b7c3ff',
    '0a84ffff',
    '744da9ff',
    'e3008cff',
    '808080ff',
  ];
  const plain = await accentIn('light');
  for (const accent of accents) {
    await main().evaluate(({ systemPreferences }, accent: string) => {
      systemPreferences.getAccentColor = () => accent;
      systemPreferences.emit('accent-color-changed', {}, accent);
    }, accent);
    for (const theme of ['light', 'dark'] as const) {
      await expect.poll(async () => (await accentIn(theme)).colour).not.toBe(plain.colour);
      const { ink, card, tint } = await accentIn(theme);
      for (const [where, contrast] of Object.entries({ ink, card, tint }))
        expect([accent, theme, where, contrast >= 4.5 ? 'readable' : contrast]).toEqual([
          accent,
          theme,
          where,
          'readable',
        ]);
    }
  }
});

/** The accent as it is drawn, and its contrast by WCAG 2.1 with what lies on it and under it. */
async function accentIn(theme: 'light' | 'dark') {
  return desktop.page.evaluate((theme) => {
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const probe = document.createElement('i');
    probe.style.colorScheme = theme;
    document.body.append(probe);
    const luminance = (name: string) => {
      probe.style.color = `var(--${name})`;
      const colour = getComputedStyle(probe).color;
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map((value) =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      ) as [number, number, number];
      return { colour, value: 0.2126 * r + 0.7152 * g + 0.0722 * b };
    };
    const contrast = (a: string, b: string) => {
      const [dark, light] = [luminance(a).value, luminance(b).value].sort((x, y) => x - y) as [
        number,
        number,
      ];
      return (light + 0.05) / (dark + 0.05);
    };
    const seen = {
      colour: luminance('accent').colour,
      ink: contrast('accent-ink', 'accent'),
      card: contrast('accent', 'card'),
      tint: contrast('accent', 'accent-tint'),
    };
    probe.remove();
    return seen;
  }, theme);
}
