/** The sizes of the window that screens are looked at in: a small laptop, a usual one, a large screen. */
export const sizes = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
] as const;
