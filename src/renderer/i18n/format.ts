/**
 * Formats numbers, times and names in the reader's language. Every function asks for the locale when it is called, so
 * that its text is redrawn when the language changes. The number of digits is fixed where values change while they are
 * displayed, so that nothing jumps.
 */
import { getLocale } from '../paraglide/runtime.js';
import { m } from '../paraglide/messages.js';
import { tickForm } from '../plot/ticks.ts';

/** Stands for a missing value. */
export const absent = '–';

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${getLocale()} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(getLocale(), options);
    formats.set(key, format);
  }
  return format;
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * Formatters are cached: constructing one costs as much as formatting a hundred dates, and a table has a date in each
 * row.
 */
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${getLocale()} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(getLocale(), options);
    dateFormats.set(key, format);
  }
  return format;
}

/** Formats a count: `8,490`. */
export function formatCount(value: number): string {
  return numberFormat({ maximumFractionDigits: 0 }).format(value);
}

/** Formats a loss: `0.1234`; a diverged loss is shown as NaN. */
export function formatLoss(value: number | null | undefined): string {
  if (value === null || value === undefined) return absent;
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  if (value >= 1000) return value.toExponential(2);
  return numberFormat({ minimumFractionDigits: 4, maximumFractionDigits: 4 }).format(value);
}

/** Formats a proportion as `97.12%`; a dash if either number is missing. */
export function formatShare(part: number | undefined, whole: number | undefined): string {
  if (part === undefined || !whole) return absent;
  return numberFormat({ style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    part / whole,
  );
}

/** Formats a percentage: `95%`, with the given number of decimals. */
export function formatPercent(percent: number, decimals = 0): string {
  const options = {
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  } as const;
  return numberFormat(options).format(percent / 100);
}

/** Formats a tick of a percentage axis, with ticks `step` apart: `95%`, `98.5%`. */
export function formatPercentTick(percent: number, step: number): string {
  const { decimals } = tickForm(percent, step);
  return numberFormat({ style: 'percent', maximumFractionDigits: decimals }).format(percent / 100);
}

/** Formats a tick of an axis, as short as its value allows. */
export function formatTick(value: number): string {
  return numberFormat({ maximumSignificantDigits: 3 }).format(value);
}

/** Formats a tick of a loss axis, with ticks `step` apart (0 on a logarithmic axis): `0.25`, `2.5e-6`, `1e6`. */
export function formatLossTick(value: number, step: number): string {
  const { decimals, exponent } = tickForm(value, step);
  if (exponent) return value.toExponential(decimals).replace(/\.?0*e\+?/, 'e');
  return numberFormat({ maximumFractionDigits: decimals }).format(value);
}

/** Formats an epoch's time: `4.2 s`, or `15:05` from ten minutes on. */
export function formatDuration(seconds: number): string {
  if (seconds < 600)
    return m.duration_seconds({
      seconds: numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(seconds),
    });
  return formatClock(seconds);
}

/** Formats a running clock or countdown: `0:42`, `1:05` or `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Formats an estimated duration with the precision of an estimate: `40 s`, `3 min` or `1.5 h`. */
export function aboutDuration(seconds: number): string {
  if (seconds < 90) return m.train_about_seconds({ seconds: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return m.train_about_minutes({ minutes: Math.round(seconds / 60) });
  return m.train_about_hours({ hours: numberFormat({ maximumFractionDigits: 1 }).format(seconds / 3600) });
}

/**
 * Formats `1:20`, or `1:10 to 1:40` if that is uncertain, with the precision of the estimate so that it does not
 * flicker.
 */
export function formatTimeLeft({ seconds, spread }: { seconds: number; spread: number }): string {
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : seconds < 600 ? 10 : 60;
  const rounded = (value: number) => formatClock(Math.max(0, Math.round(value / step) * step));
  if (spread < 0.15 * seconds || spread < step) return rounded(seconds);
  return m.time_between({ low: rounded(seconds - spread), high: rounded(seconds + spread) });
}

/** Formats an amount of memory: `16 GB`. */
export function formatBytes(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return `${numberFormat({ maximumFractionDigits: gigabytes < 10 ? 1 : 0 }).format(gigabytes)} GB`;
}

/** Formats the size of a file: `34.2 kB`. */
export function formatFileSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const options = { style: 'unit', unit: units[power]!, unitDisplay: 'short' } as const;
  return numberFormat({ ...options, maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1 }).format(
    value,
  );
}

/** Formats date and time to the minute, in this machine's time zone. */
export function formatDateTime(iso: string): string {
  return dateFormat({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** Formats date and time to the second, in figures. */
export function formatMoment(iso: string): string {
  return dateFormat({ dateStyle: 'short', timeStyle: 'medium' }).format(new Date(iso));
}

/** Formats date and time for a table: the year only if it is not the current one. */
export function formatDateTimeShort(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const options = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return dateFormat({ ...options, ...year }).format(date);
}

/** Returns a net's name: a preset has one in every language; other nets have the name that was given to them. */
export function networkLabel(name: string): string {
  if (name === 'course') return m.network_course();
  if (name === 'homework') return m.network_homework();
  // The name of pasted code that names no net (shared/code/parsePyTorch.ts).
  if (name === 'pasted') return m.network_pasted();
  return name;
}

/** Returns `Course net #12`: a run's name with its number, which distinguishes runs of the same name. */
export function runLabel({ name, id }: { readonly name: string; readonly id: number }): string {
  return `${networkLabel(name)} #${id}`;
}
