/** Parses typed values: numbers with units, percentages, durations, days. Returns null if the text is none. */

const plainNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Full-width digits, points and signs, as on Chinese keyboards, become narrow ones. */
function narrow(text: string): string {
  return text.replace(/[\uff05\uff0b\uff0d\uff0e\uff10-\uff19]/g, (sign) =>
    String.fromCharCode(sign.charCodeAt(0) - 0xfee0),
  );
}

export function readNumber(text: string): number | null {
  const plain = narrow(text);
  return plainNumber.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

const scales: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, 万: 1e4 };

/** The form of the table's cells: `5 of 10`, `5 / 10 轮`. The first number counts. */
const ofAll = /^(\d+) (?:of|\/) \d+(?: 轮)?$/;

/**
 * Parses `12`, `10k`, `1.5M`, `2万`, and in quotes, where a comma does not begin another value, `8,490` and `5 of 10`.
 */
export function readCount(typed: string): number | null {
  const text = typed.replace(ofAll, '$1').replace(/^\d{1,3}(,\d{3})+$/, (whole) => whole.replaceAll(',', ''));
  const scale = scales[text.slice(-1).toLowerCase()];
  if (scale === undefined) return readNumber(text);
  const value = readNumber(text.slice(0, -1));
  return value === null ? null : exact(value * scale);
}

/** Parses a percentage: `98`, `98.5%`, and proportions up to 1, as PyTorch scripts print them: `0.98`. */
export function readShare(text: string): number | null {
  if (/[%％]$/.test(text)) return readNumber(text.slice(0, -1).trim());
  const value = readNumber(text);
  if (value === null) return null;
  return value > 0 && value <= 1 ? exact(value * 100) : value;
}

/** Rounds 0.9712 × 100 to exactly 97.12. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

const units: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  秒: 1,
  分: 60,
  分钟: 60,
  小时: 3600,
};

/** Parses seconds: `90`, `90s`, `2m`, `1.5h`, `1:30`, `1:02:03`. */
export function readDuration(text: string): number | null {
  if (/^\d+(:\d{1,2}){1,2}$/.test(text)) {
    return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  }
  const [, number = '', unit = ''] = /^([\d.e+-]+?)([a-z\u4e00-\u9fff]*)$/i.exec(text) ?? [];
  const scale = unit === '' ? 1 : units[unit.toLowerCase()];
  const value = readNumber(number);
  return value === null || scale === undefined ? null : value * scale;
}

/** A stretch of time, excluding its end. A moment has its start as its end. */
export interface Stretch {
  readonly start: Date;
  readonly end: Date;
}

const dayNames: Readonly<Record<string, number>> = { today: 0, yesterday: 1, 今天: 0, 昨天: 1 };

/**
 * Parses `2026`, `2026-11`, `2026-11-01`, `2026-11-01T18:30`, `today`, `yesterday`, `24h`, `7d`, `2w`; by this
 * machine's clock.
 */
export function readDate(text: string, now: Date): Stretch | null {
  const back = dayNames[text.toLowerCase()];
  if (back !== undefined) return dayBefore(now, back);
  const ago = /^(\d{1,4})(h|d|w|小时|天|周)前?$/i.exec(text);
  if (ago) {
    const start = new Date(now);
    const amount = Number(ago[1]);
    const unit = ago[2]!.toLowerCase();
    if (unit === 'h' || unit === '小时') start.setHours(start.getHours() - amount);
    else start.setDate(start.getDate() - amount * (unit === 'w' || unit === '周' ? 7 : 1));
    return { start, end: start };
  }
  const shown = readShownDate(text, now);
  if (shown) return shown;
  const match = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2}))?)?)?$/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1).map((part) => (part ? Number(part) : undefined));
  const start = new Date(year!, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0);
  const end = new Date(start);
  if (month === undefined) end.setFullYear(end.getFullYear() + 1);
  else if (day === undefined) end.setMonth(end.getMonth() + 1);
  else if (hour === undefined) end.setDate(end.getDate() + 1);
  else end.setMinutes(end.getMinutes() + 1);
  // The 31st of November would be the 1st of December.
  const kept =
    start.getFullYear() === year &&
    start.getMonth() + 1 === (month ?? 1) &&
    start.getDate() === (day ?? 1) &&
    (hour ?? 0) < 24 &&
    (minute ?? 0) < 60;
  return kept ? { start, end } : null;
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Parses the form of the table's cells, a day or a minute: `Nov 29`, `Nov 29, 2025, 6:38 AM`, `11月29日`, `2025年11月29日
 * 06:38`.
 */
function readShownDate(text: string, now: Date): Stretch | null {
  const english =
    /^([a-z]{3})[a-z]* (\d{1,2})(?:, (\d{4}))?(?:,? (?:at )?(\d{1,2}):(\d{2})\s?([ap]m)?)?$/i.exec(text);
  const chinese = /^(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?: ?(\d{1,2}):(\d{2}))?$/.exec(text);
  if (!english && !chinese) return null;
  const month = english ? months.indexOf(english[1]!.toLowerCase()) : Number(chinese![2]) - 1;
  const day = Number(english ? english[2] : chinese![3]);
  const year = Number((english ? english[3] : chinese![1]) ?? now.getFullYear());
  const [hours, minutes] = english ? [english[4], english[5]] : [chinese![4], chinese![5]];
  const half = english?.[6]?.toLowerCase();
  const hour = half ? (Number(hours) % 12) + (half === 'pm' ? 12 : 0) : Number(hours ?? 0);
  const start = new Date(year, month, day, hour, Number(minutes ?? 0));
  if (month < 0 || start.getMonth() !== month || start.getDate() !== day) return null;
  const end = new Date(start);
  if (hours === undefined) end.setDate(end.getDate() + 1);
  else end.setMinutes(end.getMinutes() + 1);
  return { start, end };
}

function dayBefore(now: Date, back: number): Stretch {
  const start = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
  return { start, end: new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1) };
}

const yes = ['yes', 'true', 'y', '1', '是'];
const no = ['no', 'false', 'n', '0', '否'];

export function readFlag(text: string): boolean | null {
  const lower = text.toLowerCase();
  return yes.includes(lower) ? true : no.includes(lower) ? false : null;
}
